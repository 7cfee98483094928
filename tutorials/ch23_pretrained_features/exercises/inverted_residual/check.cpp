#include "expect.hpp"

#include <vector>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "vision/networks/inverted_residual.hpp"

using namespace tapestry;

namespace {

InvertedResidual block(std::size_t in, std::size_t out, std::size_t stride, std::size_t ratio) {
  Rng rng(1);
  InvertedResidual made({.in_channels = in,
                         .out_channels = out,
                         .stride = stride,
                         .expand_ratio = ratio,
                         .folded = true},
                        rng);
  return made;
}

// The block from its own weights, layer by layer. ratio 1: no expansion.
Var by_hand(InvertedResidual& made, const Var& x, std::size_t stride, bool add) {
  std::vector<Parameter> p = made.parameters(); // weight, bias, weight, bias, ...
  std::size_t i = 0;
  Var y = x;
  if (p.size() == 6) {
    y = relu6(conv2d(y, p[0], p[1]));
    i = 2;
  }
  const std::size_t channels = p[i].shape()[0];
  y = relu6(conv2d(y, p[i], p[i + 1], {.stride = stride, .padding = 1, .groups = channels}));
  y = conv2d(y, p[i + 2], p[i + 3]);
  return add ? x + y : y;
}

void expect_block(const char* what, std::size_t in, std::size_t out, std::size_t stride,
                  std::size_t ratio, bool add, std::size_t height = 5, std::size_t width = 6) {
  InvertedResidual made = block(in, out, stride, ratio);
  for (Parameter& p : made.parameters()) p.update([](Tensor& x) { x *= 3; }); // beyond 6
  const Var x = constant(random({2, in, height, width}, 2));
  expect_equal(what, made(x).value(), by_hand(made, x, stride, add).value());
}

} // namespace

STEP("few channels to other few: nothing is added") { expect_block("3 to 2", 3, 2, 1, 4, false); }

STEP("as many channels as before: the input is added") { expect_block("3 to 3", 3, 3, 1, 4, true); }

STEP("a stride: nothing is added") {
  expect_block("3 to 3, stride 2", 3, 3, 2, 4, false);
  expect_block("3 to 3, stride 2, of a single pixel", 3, 3, 2, 4, false, 1, 1);
}

STEP("without an expansion") {
  expect_block("4 to 2", 4, 2, 1, 1, false);
  expect_block("4 to 4", 4, 4, 1, 1, true);
}

STEP("a use: a projection of zeros changes nothing, and lets the gradient through") {
  InvertedResidual made = block(3, 3, 1, 2);
  std::vector<Parameter> p = made.parameters();
  for (std::size_t i = p.size() - 2; i < p.size(); ++i) p[i].update([](Tensor& x) { x *= 0; });
  const Tensor x = random({1, 3, 4, 4}, 3);
  expect_equal("the block of x", made(constant(x)).value(), x);
  expect_gradients("x", [&](const Var& v) { return made(v); }, {x});
}
