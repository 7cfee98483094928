// The context's rows come from the table `in`, and the scores from `out`; yours has them exchanged.
Var cbow_loss(const SparseRows& contexts, const Indices& centres, const Operand& in,
              const Operand& out) {
  const Var h = sparse_matmul(contexts, out);    // (n, D)
  const Var scores = matmul(h, transpose(in)); // (n, V)
  return cross_entropy(scores, centres);
}
