// The reverse walk reads the input, as the forward one does, and not what that has made of it.
Var bidirectional(const Operand& x, const Lengths& lengths, const Walk& forward,
                  const Walk& reverse) {
  const Var ahead = forward(x);
  const Var back = reverse(reverse_sequences(ahead, lengths));
  return concatenate({ahead, reverse_sequences(back, lengths)}, -1);
}
