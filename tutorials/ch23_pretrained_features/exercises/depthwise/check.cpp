#include "expect.hpp"

#include <vector>

#include "nn/conv.hpp"
#include "nn/pictures/depthwise.hpp"

using namespace tapestry;

namespace {

struct Case {
  Shape picture, kernel; // (B, C, H, W), (O, 1, kh, kw)
  ConvOptions options;
};

Tensor computed(const Case& c, const Tensor& x, const Tensor& w, const Tensor& bias) {
  const ConvGeometry g(constant(x), constant(w), constant(bias), c.options);
  Tensor y = full({g.batch, g.outputs, g.out_h, g.out_w}, 1e6); // what was there before
  depthwise(g, x.data(), w.data(), bias.data(), c.options.relu, y.data());
  return y;
}

// The same by the full convolution: a kernel over all channels, which is 0 but for its own.
Tensor expected(const Case& c, const Tensor& x, const Tensor& w, const Tensor& bias) {
  const std::size_t channels = c.picture[1], outputs = c.kernel[0];
  const std::size_t taps = c.kernel[2] * c.kernel[3], each = outputs / channels;
  Tensor wide = zeros({outputs, channels, c.kernel[2], c.kernel[3]});
  for (std::size_t o = 0; o < outputs; ++o)
    for (std::size_t t = 0; t < taps; ++t)
      wide.data()[(o * channels + o / each) * taps + t] = w.data()[o * taps + t];
  ConvOptions options = c.options;
  options.groups = 1;
  return conv2d(constant(x), constant(wide), constant(bias), options).value();
}

void expect_case(const char* what, Case c) {
  c.options.groups = c.picture[1];
  const Tensor x = random(c.picture, 1), w = random(c.kernel, 2), bias = random({c.kernel[0]}, 3);
  expect_equal(what, computed(c, x, w, bias), expected(c, x, w, bias));
}

} // namespace

STEP("two channels of 2 x 2 pixels, by hand") {
  const Case c{{1, 2, 2, 2}, {2, 1, 2, 2}, {.groups = 2}};
  expect_equal("y",
               computed(c, tensor({1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}),
                        tensor({2, 1, 2, 2}, {1, 0, 0, 1, 10, 0, 1, 0}), tensor({2}, {0.5, -1})),
               tensor({1, 2, 1, 1}, {5.5, 56}));
}

STEP("pictures and channels") {
  expect_case("three pictures of two channels, a 2 x 3 kernel",
              {{3, 2, 5, 6}, {2, 1, 2, 3}, {}});
  expect_case("wide pictures", {{1, 3, 3, 37}, {3, 1, 3, 3}, {}});
}

STEP("stride, padding, dilation") {
  expect_case("a stride of (2, 3)", {{2, 2, 7, 9}, {2, 1, 3, 2}, {.stride = {2, 3}}});
  expect_case("padding (1, 0, 2, 1)", {{2, 2, 4, 5}, {2, 1, 3, 3}, {.padding = {1, 0, 2, 1}}});
  expect_case("padding (0, 1, 0, 2)", {{2, 2, 4, 5}, {2, 1, 3, 3}, {.padding = {0, 1, 0, 2}}});
  expect_case("a dilation of (2, 3)", {{2, 2, 7, 9}, {2, 1, 3, 2}, {.dilation = {2, 3}}});
  expect_case("all of them", {{2, 2, 6, 7},
                              {2, 1, 3, 2},
                              {.stride = {3, 2}, .padding = {2, 1, 1, 3}, .dilation = {2, 1}}});
}

STEP("several kernels a channel") {
  expect_case("two kernels for each of three channels", {{2, 3, 5, 4}, {6, 1, 3, 2}, {}});
}

STEP("cut at 0") {
  expect_case("with relu", {{2, 2, 5, 4}, {4, 1, 3, 2}, {.padding = 1, .relu = true}});
}

STEP("a use: conv2d with as many groups as channels") {
  const Tensor x = random({2, 3, 6, 5}, 4), w = random({3, 1, 3, 3}, 5), bias = random({3}, 6);
  const Case c{{2, 3, 6, 5}, {3, 1, 3, 3}, {.stride = 2, .padding = 1, .groups = 3}};
  expect_equal("conv2d", conv2d(constant(x), constant(w), constant(bias), c.options).value(),
               expected(c, x, w, bias));
}
