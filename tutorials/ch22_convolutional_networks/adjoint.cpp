// A convolution as a matrix, and the way back as the transposed one.
#include "autograd/check/gradcheck.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/conv.hpp"
#include "small_tensors.hpp"

using namespace tapestry;

namespace {

// w: (O, C, k, k) -> (C, O, k, k), each kernel turned by half a turn
Tensor turned(const Tensor& w) {
  const std::size_t k = w.shape(2);
  Tensor t = Tensor::from_shape({w.shape(1), w.shape(0), k, k});
  for (std::size_t o = 0; o < w.shape(0); ++o)
    for (std::size_t c = 0; c < w.shape(1); ++c)
      for (std::size_t i = 0; i < k; ++i)
        for (std::size_t j = 0; j < k; ++j) t(c, o, i, j) = w(o, c, k - 1 - i, k - 1 - j);
  return t;
}

// g: (B, O, H', W') -> `stride` - 1 zeros between its rows and between its columns
Tensor spread(const Tensor& g, std::size_t stride) {
  Tensor wide =
      zeros({g.shape(0), g.shape(1), (g.shape(2) - 1) * stride + 1, (g.shape(3) - 1) * stride + 1});
  for (std::size_t b = 0; b < g.shape(0); ++b)
    for (std::size_t o = 0; o < g.shape(1); ++o)
      for (std::size_t p = 0; p < g.shape(2); ++p)
        for (std::size_t q = 0; q < g.shape(3); ++q)
          wide(b, o, p * stride, q * stride) = g(b, o, p, q);
  return wide;
}

} // namespace

int main() {
  // The matrix: column n is what the convolution makes of a picture whose only pixel is n.
  const Var kernel = constant(reshaped(Tensor{1, 2, 3, 4}, {1, 1, 2, 2}));
  Tensor matrix = Tensor::from_shape({4, 9});
  for (std::size_t n = 0; n < 9; ++n) {
    Tensor one = zeros({1, 1, 3, 3});
    one.data()[n] = 1;
    const Tensor y = conv2d(constant(one), kernel).value(); // (1, 1, 2, 2)
    for (std::size_t m = 0; m < 4; ++m) matrix(m, n) = y.data()[m];
  }
  print_plane("K, 4 x 9, for a kernel 1 2 3 4 on 3 x 3 pixels", matrix, 9);

  //> inner-products
  Rng rng(22);
  const Var x = variable(normal({2, 3, 9, 7}, 0, 1, rng));
  const Var w = variable(normal({4, 3, 3, 3}, 0, 1, rng));
  Tape tape;
  const Var y = conv2d(x, w);                    // (2, 4, 7, 5)
  const Tensor g = normal(y.shape(), 0, 1, rng); // any gradient that may arrive
  tape.backward(y, g);
  const double forward = inner_product(y.value(), g);          // <Kx, g>
  const double back = inner_product(x.value(), x.grad());      // <x, K'g>
  const double by_kernel = inner_product(w.value(), w.grad()); // <w, gradient of w>
  //< inner-products
  fmt::print("Three inner products: <Kx, g> = {:.10f}\n", forward);
  fmt::print("                      <x, K'g> = {:.10f}\n", back);
  fmt::print("                      <w, w's gradient> = {:.10f}\n\n", by_kernel);

  const Tensor by_turning = direct_conv2d(g, turned(w.value()), 1, 2);
  fmt::print("K'g against a convolution of g with the turned kernel, padding 2: {}\n",
             shown(largest_difference(by_turning, x.grad())));
  // The gradient of w: pictures and channels exchanged, g is the kernel.
  Tensor by_correlation = zeros(w.shape());
  for (std::size_t o = 0; o < 4; ++o)
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t i = 0; i < 3; ++i)
        for (std::size_t j = 0; j < 3; ++j)
          for (std::size_t b = 0; b < 2; ++b)
            for (std::size_t p = 0; p < 7; ++p)
              for (std::size_t q = 0; q < 5; ++q)
                by_correlation(o, c, i, j) += g(b, o, p, q) * x.value()(b, c, p + i, q + j);
  fmt::print("w's gradient against g slid over x: {}\n\n",
             shown(largest_difference(by_correlation, w.grad())));

  const Var x2 = variable(normal({2, 3, 9, 7}, 0, 1, rng));
  Tensor dx;
  {
    Tape again;
    const Var y2 = conv2d(x2, w, {.stride = 2}); // (2, 4, 4, 3)
    const Tensor g2 = normal(y2.shape(), 0, 1, rng);
    again.backward(y2, g2);
    dx = direct_conv2d(spread(g2, 2), turned(w.value()), 1, 2);
  }
  fmt::print("Stride 2: K'g against the turned kernel on g with zeros between: {}\n\n",
             shown(largest_difference(dx, x2.grad())));

  const auto check = gradcheck(
      [](const Var& a, const Var& b) {
        return conv2d(a, b, {.stride = {2, 1}, .padding = {1, 2}, .dilation = {1, 2}});
      },
      {normal({2, 3, 6, 7}, 0, 1, rng), normal({4, 3, 3, 2}, 0, 1, rng)});
  fmt::print("gradcheck, with stride, padding and dilation: {}\n",
             check.passed ? "passed" : "failed");
}
