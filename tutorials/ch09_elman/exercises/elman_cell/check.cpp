#include "expect.hpp"

#include "autograd/base/error.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/softmax.hpp"
#include "nn/recurrent/elman_cell.hpp"

using namespace tapestry;

static const Tensor w_ih{{0.5, -1.0, 1.0, 0.0}, {1.0, 0.5, -0.5, 0.0}};
static const Tensor w_hh{{0.5, -0.5}, {0.5, 0.5}};
static const Tensor b_ih{0.1, 0.0}, b_hh{0.0, -0.1};

static Tensor step(const Tensor& x, const Tensor& h, Nonlinearity f = Nonlinearity::tanh) {
  const Var next = elman_cell(constant(x), constant(h), constant(w_ih), constant(w_hh),
                              constant(b_ih), constant(b_hh), f);
  return next.value();
}

STEP("the first letter, from a state of zeros") {
  // the chapter's cell reads b: the sum is (0.6, 0.9)
  expect_equal("h after b", step({{1, 0, 0, 0}}, {{0, 0}}),
               {{0.5370495669980353, 0.7162978701990245}});
}

STEP("the second letter, from the state that the first one left") {
  // a, after (0.5, 0.25): -0.9 + 0.125, 0.5 + 0.375 - 0.1
  expect_equal("h after a", step({{0, 1, 0, 0}}, {{0.5, 0.25}}),
               {{-0.6498274636719203, 0.6498274636719203}});
}

STEP("relu in place of tanh") {
  expect_equal("h after a", step({{0, 1, 0, 0}}, {{0.5, 0.25}}, Nonlinearity::relu), {{0, 0.775}});
}

STEP("without biases") {
  const Var next = elman_cell(constant({{0, 1, 0, 0}}), constant({{0.5, 0.25}}), constant(w_ih),
                              constant(w_hh), Var{}, Var{}, Nonlinearity::relu);
  expect_equal("h after a", next.value(), {{0, 0.875}});
}

STEP("a state of another batch is refused") {
  expect_error<ShapeError>(
      "three inputs, one state",
      [] {
        step(zeros({3, 4}), zeros({1, 2}));
      },
      "(3, 4) x (1, 2)");
}

STEP("the gradients of input and state") {
  expect_gradients("elman_cell by x and h",
                   [](const Var& x, const Var& h) {
                     return elman_cell(x, h, constant(w_ih), constant(w_hh), constant(b_ih),
                                       constant(b_hh));
                   },
                   {random({3, 4}, 1), random({3, 2}, 2)});
}

STEP("the gradients of weights and biases") {
  expect_gradients(
      "elman_cell by w_ih, w_hh, b_ih and b_hh",
      [](const Var& wi, const Var& wh, const Var& bi, const Var& bh) {
        return elman_cell(constant(random({3, 4}, 1)), constant(random({3, 2}, 2)), wi, wh, bi, bh);
      },
      {w_ih, w_hh, b_ih, b_hh});
}

STEP("a use: the loss after three letters") {
  expect_gradients(
      "b, a, n and a score for each letter",
      [](const Var& wi, const Var& wh, const Var& bi, const Var& bh, const Var& out) {
        Var h = constant(zeros({1, 2}));
        for (const Tensor& x : {Tensor{{1, 0, 0, 0}}, Tensor{{0, 1, 0, 0}}, Tensor{{0, 0, 1, 0}}})
          h = elman_cell(constant(x), h, wi, wh, bi, bh);
        return cross_entropy(matmul(h, out), {1});
      },
      {w_ih, w_hh, b_ih, b_hh, random({2, 4}, 3)});
}
