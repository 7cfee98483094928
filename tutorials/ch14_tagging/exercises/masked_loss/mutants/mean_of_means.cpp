// Every word counts alike. In the mean of the sentences' means, a word of a short sentence counts more.
Var masked_mean(const Operand& losses, const Lengths& lengths) {
  check("masked_mean", losses, lengths);
  if (losses.rank() != 2) shape_error("masked_mean", {losses}, "expected (T, B)");
  return mean(mean_valid(losses, lengths));
}
