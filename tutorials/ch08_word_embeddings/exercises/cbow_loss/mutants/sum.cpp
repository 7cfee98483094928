// The loss is a mean over the batch: cross_entropy divides by n already; yours is the sum.
Var cbow_loss(const SparseRows& contexts, const Indices& centres, const Operand& in,
              const Operand& out) {
  const Var h = sparse_matmul(contexts, in);    // (n, D)
  const Var scores = matmul(h, transpose(out)); // (n, V)
  return cross_entropy(scores, centres) * double(contexts.rows());
}
