#include "expect.hpp"

#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/conv.hpp"
#include "nn/pictures/unfold.hpp"

using namespace tapestry;

namespace {

Tensor columns_of(const Tensor& x, Size2d kernel, const UnfoldOptions& options = {}) {
  return unfold(constant(x), kernel, options).value();
}

// Pixels 1, 2, 3, ... in reading order.
Tensor counted(const Shape& shape) {
  Tensor x = zeros(shape);
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<real>(i + 1);
  return x;
}

// A row of the columns is the picture under a kernel that is 1 at one tap of one channel.
Tensor by_kernels(const Tensor& x, Size2d kernel, const UnfoldOptions& o) {
  const std::size_t channels = x.shape()[1], patch = channels * kernel.height * kernel.width;
  Tensor taps = zeros({patch, channels, kernel.height, kernel.width});
  for (std::size_t r = 0; r < patch; ++r) taps.data()[r * patch + r] = 1;
  const Var y = conv2d(constant(x), constant(taps), {o.stride, o.padding, o.dilation});
  const Shape s = y.shape();
  return reshape(y, {s[0], s[1], s[2] * s[3]}).value();
}

void expect_columns(const char* what, const Shape& picture, Size2d kernel,
                    const UnfoldOptions& o = {}) {
  const Tensor x = random(picture, 1);
  expect_equal(what, columns_of(x, kernel, o), by_kernels(x, kernel, o));
}

} // namespace

STEP("nine pixels under a 2 x 2 kernel, by hand") {
  expect_equal("the columns of 1 2 3 / 4 5 6 / 7 8 9", columns_of(counted({1, 1, 3, 3}), 2),
               {{{1, 2, 4, 5}, {2, 3, 5, 6}, {4, 5, 7, 8}, {5, 6, 8, 9}}});
}

STEP("neither picture nor kernel is square") {
  expect_equal("1 2 3 4 5 / 6 7 8 9 10 under a 2 x 3 kernel",
               columns_of(counted({1, 1, 2, 5}), {2, 3}),
               {{{1, 2, 3}, {2, 3, 4}, {3, 4, 5}, {6, 7, 8}, {7, 8, 9}, {8, 9, 10}}});
}

STEP("channels and pictures") {
  expect_equal("two channels, 1 2 3 and 4 5 6, under a 1 x 2 kernel",
               columns_of(counted({1, 2, 1, 3}), {1, 2}), {{{1, 2}, {2, 3}, {4, 5}, {5, 6}}});
  expect_columns("two pictures of three channels", {2, 3, 4, 5}, {3, 2});
}

STEP("padding is zeros") {
  expect_equal("1 2 with a column of zeros before and two after, under a 1 x 2 kernel",
               columns_of(counted({1, 1, 1, 2}), {1, 2}, {.padding = {0, 0, 1, 2}}),
               {{{0, 1, 2, 0}, {1, 2, 0, 0}}});
  expect_columns("padding (1, 0, 2, 1): above, below, left, right", {2, 2, 4, 5}, {3, 2},
                 {.padding = {1, 0, 2, 1}});
  expect_columns("padding (0, 2, 0, 1)", {2, 2, 4, 5}, {3, 2}, {.padding = {0, 2, 0, 1}});
}

STEP("stride and dilation") {
  expect_equal("a row of 1 to 7, a stride of (2, 3) and a dilation of (3, 2), under a 1 x 2 kernel",
               columns_of(counted({1, 1, 1, 7}), {1, 2}, {.stride = {2, 3}, .dilation = {3, 2}}),
               {{{1, 4}, {3, 6}}});
  expect_columns("a stride of (2, 3)", {2, 2, 7, 9}, {3, 2}, {.stride = {2, 3}});
  expect_columns("a dilation of (3, 2)", {2, 2, 8, 7}, {2, 3}, {.dilation = {3, 2}});
  expect_columns("all of them", {2, 3, 6, 7}, {3, 2},
                 {.stride = {3, 2}, .padding = {2, 1, 1, 3}, .dilation = {2, 3}});
}

STEP("the pull-back finds the same pixels") {
  expect_gradients(
      "unfold with a stride, padding and a dilation",
      [](const Var& x) {
        return unfold(x, {3, 2}, {.stride = {3, 2}, .padding = {2, 1, 1, 3}, .dilation = {2, 3}});
      },
      {{random({2, 2, 6, 7}, 2), "x"}});
}

STEP("a use: a convolution is one product") {
  const Var x = constant(random({2, 3, 7, 6}, 3)), w = constant(random({4, 3, 3, 2}, 4));
  const Var b = constant(random({4}, 5));
  const UnfoldOptions o{.stride = {2, 1}, .padding = {1, 0, 0, 2}, .dilation = {1, 2}};
  expect_equal("kernels times columns, and the bias", conv2d_composed(x, w, b, o).value(),
               conv2d(x, w, b, {o.stride, o.padding, o.dilation}).value());
}
