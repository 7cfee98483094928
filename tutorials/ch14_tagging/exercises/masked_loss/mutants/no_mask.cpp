// The losses at padding are added up as well; leave out what stands at t >= lengths[b].
Var masked_mean(const Operand& losses, const Lengths& lengths) {
  check("masked_mean", losses, lengths);
  if (losses.rank() != 2) shape_error("masked_mean", {losses}, "expected (T, B)");
  const int count = std::accumulate(lengths.begin(), lengths.end(), 0);
  return sum(losses) / static_cast<double>(count);
}
