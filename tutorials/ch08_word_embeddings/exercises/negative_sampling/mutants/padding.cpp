// A target of sign 0 must add nothing; yours adds log 2 for each.
  const Var h = sparse_matmul(contexts, in);               // (n, D)
  const Var rows = embedding(out, targets);                // (n, K, D)
  const Var each = reshape(h, {n, 1, h.shape()[1]});       // (n, 1, D), for all K alike
  const Var scores = sum(each * rows, {2});                // (n, K)
  const Var losses = softplus(-(constant(sign) * scores)); // -log sigmoid(sign score)
  return sum(losses) / double(n);
