// The forward half stands left, the reverse half right.
Var bidirectional(const Operand& x, const Lengths& lengths, const Walk& forward,
                  const Walk& reverse) {
  const Var ahead = forward(x);
  const Var back = reverse(reverse_sequences(x, lengths));
  return concatenate({reverse_sequences(back, lengths), ahead}, -1);
}
