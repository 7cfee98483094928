// A mask that is multiplied leaves NaN and infinity: 0 times either is NaN. Choose instead.
Var masked_mean(const Operand& losses, const Lengths& lengths) {
  check("masked_mean", losses, lengths);
  if (losses.rank() != 2) shape_error("masked_mean", {losses}, "expected (T, B)");
  const int count = std::accumulate(lengths.begin(), lengths.end(), 0);
  return sum(losses * constant(length_mask(lengths, losses.shape()[0]))) /
         static_cast<double>(count);
}
