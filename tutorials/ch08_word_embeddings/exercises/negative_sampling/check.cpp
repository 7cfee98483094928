#include "expect.hpp"

#include <cmath>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/tape.hpp"
#include "text/embeddings/cbow.hpp"

using namespace tapestry;

namespace {

const std::vector<std::vector<std::int32_t>> contexts{{0, 2}, {3}, {1, 1, 4}};

Indices ids(const std::vector<std::vector<std::int32_t>>& rows) {
  Indices x = Indices::from_shape({rows.size(), rows[0].size()});
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < rows[i].size(); ++j) x(i, j) = rows[i][j];
  return x;
}

// h . out[word] for one context, with h the mean of its rows of `in`.
double score(const std::vector<std::int32_t>& context, std::int32_t word, const Tensor& in,
             const Tensor& out) {
  double sum = 0;
  for (const std::int32_t id : context)
    for (std::size_t j = 0; j < in.shape()[1]; ++j)
      sum += in(static_cast<std::size_t>(id), j) * out(static_cast<std::size_t>(word), j);
  return sum / static_cast<double>(context.size());
}

double loss(double score, int sign) { return sign == 0 ? 0 : std::log1p(std::exp(-sign * score)); }

const std::vector<std::vector<std::int32_t>> targets{{1, 3, 0, 3}, {0, 1, 2, 4}, {4, 2, 2, 0}};
const std::vector<std::vector<std::int32_t>> both{{1, -1, -1, -1}, {1, -1, -1, -1}, {1, -1, 1, -1}};
const std::vector<std::vector<std::int32_t>> padded{{1, -1, 0, 0}, {1, -1, -1, -1}, {-1, 0, 1, 0}};

double by_hand(const std::vector<std::vector<std::int32_t>>& signs, const Tensor& in,
               const Tensor& out) {
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t k = 0; k < 4; ++k)
      sum += loss(score(contexts[i], targets[i][k], in, out), signs[i][k]);
  return sum / 3;
}

Var sampled(const std::vector<std::vector<std::int32_t>>& signs, const Var& in, const Var& out) {
  return negative_sampling_loss(context_rows(contexts, 5), ids(targets), ids(signs), in, out);
}

} // namespace

STEP("tables of zeros: every target is a coin") {
  const Var zero = constant(zeros({5, 2}));
  expect_equal("four targets", sampled(both, zero, zero).item(), 4 * std::log(2.0));
}

STEP("the value") {
  const Tensor in = random({5, 2}, 1), out = random({5, 2}, 2);
  expect_equal("the loss", sampled(both, constant(in), constant(out)).item(),
               by_hand(both, in, out));
}

STEP("targets of sign 0") {
  const Tensor in = random({5, 2}, 3), out = random({5, 2}, 4);
  expect_equal("the loss", sampled(padded, constant(in), constant(out)).item(),
               by_hand(padded, in, out));
}

STEP("large scores") {
  const Var in = constant(full({5, 2}, 20)), out = constant(full({5, 2}, 20)); // every score is 800
  const SparseRows rows = context_rows({{0}}, 5);
  expect_equal("signs 1 and -1",
               negative_sampling_loss(rows, ids({{1, 2}}), ids({{1, -1}}), in, out).item(), 800);
}

STEP("the gradients") {
  expect_gradients("in and out, no padding",
                   [](const Var& in, const Var& out) { return sampled(both, in, out); },
                   {random({5, 2}, 5), random({5, 2}, 6)});
  expect_gradients("in and out, with padding",
                   [](const Var& in, const Var& out) { return sampled(padded, in, out); },
                   {random({5, 2}, 7), random({5, 2}, 8)});
}

STEP("a use: tables of different heights") {
  // A tree over five words has four nodes, and `out` a row for each.
  expect_gradients("paths of a tree",
                   [](const Var& in, const Var& out) {
                     return negative_sampling_loss(context_rows(contexts, 5),
                                                   ids({{3, 2}, {3, 0}, {3, 1}}),
                                                   ids({{1, 0}, {-1, 1}, {-1, -1}}), in, out);
                   },
                   {random({5, 3}, 9), random({4, 3}, 10)});
}
