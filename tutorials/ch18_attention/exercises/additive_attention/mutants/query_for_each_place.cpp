// A query belongs to a sentence: all places of sentence b are compared with query b. Yours gives place j the query of sentence j; make it (B, 1, K) first.
Attended additive_attention(const Operand& query, const AttentionMemory& memory, const Operand& v) {
  const Inside attention(query.caller());
  check_memory("additive_attention", query, memory);
  const Var scores = matmul(tanh(query + memory.keys), v);
  const Var weights = softmax(scores, memory.mask);
  return {weighted_mean(weights, memory.values), weights};
}
