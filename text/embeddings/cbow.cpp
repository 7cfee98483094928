#include "text/embeddings/cbow.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

SparseRows context_rows(const std::vector<std::vector<std::int32_t>>& contexts, std::size_t words) {
  SparseRows rows;
  rows.columns = words;
  std::vector<real> shares;
  for (const auto& context : contexts) {
    if (context.empty())
      throw std::invalid_argument(
          fmt::format("context_rows: context {} has no words", rows.rows()));
    shares.assign(context.size(), 1 / static_cast<real>(context.size()));
    rows.add_row(context, shares);
  }
  return rows;
}

//> cbow-loss
Var cbow_loss(const SparseRows& contexts, const Indices& centres, const Operand& in,
              const Operand& out) {
  const Var h = sparse_matmul(contexts, in);    // (n, D)
  const Var scores = matmul(h, transpose(out)); // (n, V)
  return cross_entropy(scores, centres);
}
//< cbow-loss

Var negative_sampling_loss(const SparseRows& contexts, const Indices& targets, const Indices& signs,
                           const Operand& in, const Operand& out) {
  const std::size_t n = contexts.rows();
  if (targets.dimension() != 2 || targets.shape() != signs.shape() || targets.shape()[0] != n)
    shape_error("negative_sampling_loss", {in, out},
                fmt::format("expected targets and signs of one shape ({}, K)", n));
  Tensor sign = Tensor::from_shape({n, targets.shape()[1]}), present = sign;
  std::copy(signs.begin(), signs.end(), sign.begin());
  std::transform(signs.begin(), signs.end(), present.begin(),
                 [](std::int32_t s) { return s == 0 ? real{0} : real{1}; });
  //> negative-sampling
  const Var h = sparse_matmul(contexts, in);               // (n, D)
  const Var rows = embedding(out, targets);                // (n, K, D)
  const Var each = reshape(h, {n, 1, h.shape()[1]});       // (n, 1, D), for all K alike
  const Var scores = sum(each * rows, {2});                // (n, K)
  const Var losses = softplus(-(constant(sign) * scores)); // -log sigmoid(sign score)
  return sum(constant(present) * losses) / double(n);
  //< negative-sampling
}

} // namespace tapestry::inline TAPESTRY_PRECISION
