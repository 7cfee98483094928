// The softmax must run over the places that the sentence has: give it the mask, or padding gets weights.
Attended additive_attention(const Operand& query, const AttentionMemory& memory, const Operand& v) {
  const Inside attention(query.caller());
  check_memory("additive_attention", query, memory);
  const Shape asked{query.shape()[0], 1, query.shape()[1]};
  const Var scores = matmul(tanh(reshape(query, asked) + memory.keys), v);
  const Var weights = softmax(scores);
  return {weighted_mean(weights, memory.values), weights};
}
