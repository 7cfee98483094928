// The reverse walk must meet the last step first: turn the input round for it.
Var bidirectional(const Operand& x, const Lengths& lengths, const Walk& forward,
                  const Walk& reverse) {
  const Var ahead = forward(x);
  const Var back = reverse(x);
  return concatenate({ahead, reverse_sequences(back, lengths)}, -1);
}
