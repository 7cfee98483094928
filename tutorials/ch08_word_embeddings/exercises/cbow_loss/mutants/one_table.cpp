// A word has two rows: one in `in`, as a part of a context, and one in `out`, as an answer; yours uses `in` for both.
Var cbow_loss(const SparseRows& contexts, const Indices& centres, const Operand& in,
              const Operand& out) {
  const Var h = sparse_matmul(contexts, in);    // (n, D)
  const Var scores = matmul(h, transpose(in)); // (n, V)
  return cross_entropy(scores, centres);
}
