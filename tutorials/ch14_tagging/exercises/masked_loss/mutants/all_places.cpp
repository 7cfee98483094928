// The sum is over words, so the mean divides by the number of words: the places of the padded block are more.
Var masked_mean(const Operand& losses, const Lengths& lengths) {
  check("masked_mean", losses, lengths);
  if (losses.rank() != 2) shape_error("masked_mean", {losses}, "expected (T, B)");
  return mean(chosen(valid(losses, lengths), losses, 0.0));
}
