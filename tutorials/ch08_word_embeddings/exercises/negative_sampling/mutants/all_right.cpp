// A negative must score low: -log sigmoid(-score). Yours pulls every target up; multiply the scores by their signs.
  const Var h = sparse_matmul(contexts, in);               // (n, D)
  const Var rows = embedding(out, targets);                // (n, K, D)
  const Var each = reshape(h, {n, 1, h.shape()[1]});       // (n, 1, D), for all K alike
  const Var scores = sum(each * rows, {2});                // (n, K)
  const Var losses = softplus(-scores); // -log sigmoid(sign score)
  return sum(constant(present) * losses) / double(n);
