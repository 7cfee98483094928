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

Indices centres(const std::vector<std::int32_t>& words) {
  Indices x = Indices::from_shape({words.size()});
  for (std::size_t i = 0; i < words.size(); ++i) x(i) = words[i];
  return x;
}

const std::vector<std::int32_t> right{1, 0, 4};

} // namespace

STEP("tables of zeros: every word is as likely") {
  const Var in = constant(zeros({5, 2})), out = constant(zeros({5, 2}));
  expect_equal("the loss", cbow_loss(context_rows(contexts, 5), centres(right), in, out).item(),
               std::log(5.0));
}

STEP("the value") {
  const Tensor in = random({5, 2}, 1), out = random({5, 2}, 2);
  double wanted = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    double sum = 0;
    for (std::int32_t word = 0; word < 5; ++word)
      sum += std::exp(score(contexts[i], word, in, out));
    wanted += (std::log(sum) - score(contexts[i], right[i], in, out)) / 3;
  }
  expect_equal(
      "the loss",
      cbow_loss(context_rows(contexts, 5), centres(right), constant(in), constant(out)).item(),
      wanted);
}

STEP("the gradients") {
  const SparseRows rows = context_rows(contexts, 5);
  expect_gradients(
      "in and out",
      [&](const Var& in, const Var& out) { return cbow_loss(rows, centres(right), in, out); },
      {random({5, 2}, 3), random({5, 2}, 4)});
}

STEP("a use: three places learnt by heart") {
  Parameter in("in", random({5, 4}, 5)), out("out", random({5, 4}, 6));
  const SparseRows rows = context_rows(contexts, 5);
  double loss = 0;
  for (int step = 0; step < 200; ++step) {
    in.zero_grad();
    out.zero_grad();
    Tape tape;
    const Var value = cbow_loss(rows, centres(right), in, out);
    tape.backward(value);
    loss = value.item();
    in.update([&](Tensor& x) {
      for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] -= in.grad().data()[i];
    });
    out.update([&](Tensor& x) {
      for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] -= out.grad().data()[i];
    });
  }
  expect("the loss after 200 steps", loss < 0.1, "it is still above 0.1", {loss});
}
