// The reverse walk's first row is about the last step: turn its output round before you put it beside the other.
Var bidirectional(const Operand& x, const Lengths& lengths, const Walk& forward,
                  const Walk& reverse) {
  const Var ahead = forward(x);
  const Var back = reverse(reverse_sequences(x, lengths));
  return concatenate({ahead, back}, -1);
}
