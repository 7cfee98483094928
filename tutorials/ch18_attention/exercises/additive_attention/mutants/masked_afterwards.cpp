// The padding took part in the softmax, and its weights were set to 0 only afterwards: the others no longer sum to 1. The mask belongs into the softmax.
Attended additive_attention(const Operand& query, const AttentionMemory& memory, const Operand& v) {
  const Inside attention(query.caller());
  check_memory("additive_attention", query, memory);
  const Shape asked{query.shape()[0], 1, query.shape()[1]};
  const Var scores = matmul(tanh(reshape(query, asked) + memory.keys), v);
  const Var all = softmax(scores);
  Tensor kept = zeros(all.shape());
  for (std::size_t i = 0; i < kept.size(); ++i) kept.data()[i] = memory.mask.data()[i] != 0;
  const Var weights = all * constant(kept);
  return {weighted_mean(weights, memory.values), weights};
}
