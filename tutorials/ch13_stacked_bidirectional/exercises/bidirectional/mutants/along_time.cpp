// The halves stand side by side, on the last axis; yours follow each other in time.
Var bidirectional(const Operand& x, const Lengths& lengths, const Walk& forward,
                  const Walk& reverse) {
  const Var ahead = forward(x);
  const Var back = reverse(reverse_sequences(x, lengths));
  return concatenate({ahead, reverse_sequences(back, lengths)}, 0);
}
