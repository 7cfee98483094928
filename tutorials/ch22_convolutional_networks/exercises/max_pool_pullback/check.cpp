#include "expect.hpp"

#include <limits>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"
#include "nn/conv.hpp"
#include "nn/pooling.hpp"

using namespace tapestry;

namespace {

// One picture of one channel.
Tensor plane(std::size_t rows, const std::vector<double>& entries) {
  return tensor({1, 1, rows, entries.size() / rows}, entries);
}

// What arrives at the picture x, if dy arrives at the windows.
Tensor pulled_back(const Tensor& picture, Size2d kernel, Size2d stride, const Tensor& dy,
                   const MaxPoolOptions& o = {}) {
  const Var x = variable(picture, "x");
  Tape tape;
  tape.backward(max_pool2d(x, kernel, stride, o), dy);
  return x.grad();
}

void expect_pull_back(const char* what, const Shape& picture, Size2d kernel, Size2d stride,
                      const MaxPoolOptions& o = {}) {
  expect_gradients(what, [&](const Var& x) { return max_pool2d(x, kernel, stride, o); },
                   {{random(picture, 1), "x"}});
}

} // namespace

STEP("four windows side by side, by hand") {
  expect_equal("1 5 2 0 / 3 4 8 6 / 9 0 1 2 / 7 3 4 3, in windows of 2 x 2",
               pulled_back(plane(4, {1, 5, 2, 0, 3, 4, 8, 6, 9, 0, 1, 2, 7, 3, 4, 3}), 2, 2,
                           plane(2, {1, 2, 3, 4})),
               plane(4, {0, 1, 0, 0, 0, 0, 2, 0, 3, 0, 0, 0, 0, 0, 4, 0}));
}

STEP("an entry that wins several windows gets the sum") {
  expect_equal(
      "1 2 3 / 4 9 5 / 6 7 8, in windows of 2 x 2, a stride of 1",
      pulled_back(plane(3, {1, 2, 3, 4, 9, 5, 6, 7, 8}), 2, 1, plane(2, {1, 10, 100, 1000})),
      plane(3, {0, 0, 0, 0, 1111, 0, 0, 0, 0}));
}

STEP("a window has one winner") {
  expect_equal("2 2 / 2 2: the first of equal ones has won",
               pulled_back(plane(2, {2, 2, 2, 2}), 2, 2, plane(1, {8})), plane(2, {8, 0, 0, 0}));
  expect_equal("nine zeros, in windows of 2 x 2, a stride of 1",
               pulled_back(zeros({1, 1, 3, 3}), 2, 1, plane(2, {1, 2, 3, 4})),
               plane(3, {1, 2, 0, 3, 4, 0, 0, 0, 0}));
  const real nan = std::numeric_limits<real>::quiet_NaN();
  expect_equal("1 NaN / 2 3: NaN has won",
               pulled_back(plane(2, {1, nan, 2, 3}), 2, 2, plane(1, {8})), plane(2, {0, 8, 0, 0}));
}

STEP("pictures and channels") {
  Tensor x = zeros({2, 2, 1, 2});
  for (std::size_t p = 0; p < 4; ++p) x.data()[2 * p + p % 2] = 1;
  expect_equal("1 0 and 0 1, twice, a window each",
               pulled_back(x, {1, 2}, 1, tensor({2, 2, 1, 1}, {1, 2, 3, 4})),
               tensor({2, 2, 1, 2}, {1, 0, 0, 2, 3, 0, 0, 4}));
  expect_pull_back("two pictures of three channels", {2, 3, 4, 7}, {2, 3}, {2, 3});
}

STEP("it adds to what other uses have left") {
  const Var x = variable(plane(1, {1, 3, 2}), "x");
  Tape tape;
  tape.backward(max_pool2d(x, {1, 2}, 1) + max_pool2d(x, {1, 3}, 1), plane(1, {1, 10}));
  expect_equal("1 3 2, used twice", x.grad(), plane(1, {0, 22, 0}));
}

STEP("windows of every kind") {
  expect_equal("1 2 4 3 5, in windows of 2, and the rest has its own",
               pulled_back(plane(1, {1, 2, 4, 3, 5}), {1, 2}, {1, 2}, plane(1, {1, 10, 100}),
                           {.ceil_mode = true}),
               plane(1, {0, 1, 10, 0, 100}));
  expect_pull_back("overlapping, (3, 2) with a stride of (2, 1)", {2, 2, 7, 4}, {3, 2}, {2, 1});
  expect_pull_back("with a rest that no window sees", {2, 2, 5, 7}, 2, {2, 3});
  expect_pull_back("with padding (1, 0)", {2, 2, 5, 4}, {3, 2}, 2, {.padding = {1, 0}});
  expect_pull_back("padding, a dilation of (2, 1) and ceil_mode", {2, 2, 7, 6}, 3, 2,
                   {.padding = 1, .dilation = {2, 1}, .ceil_mode = true});
}

STEP("no pictures") {
  expect_equal("a batch of 0", pulled_back(zeros({0, 3, 4, 4}), 2, 2, zeros({0, 3, 2, 2})),
               zeros({0, 3, 4, 4}));
}

STEP("a use: convolution, pooling, tanh") {
  const nn::MaxPool2d pool({.kernel_size = 3, .stride = 2, .padding = 1});
  expect_gradients(
      "tanh(pool(conv2d(x, w, b)))",
      [&](const Var& x, const Var& w, const Var& b) {
        return tanh(pool(conv2d(x, w, b, {.padding = 1})));
      },
      {{random({2, 2, 5, 6}, 2), "x"}, {random({3, 2, 3, 3}, 3), "w"}, {random({3}, 4), "b"}});
}
