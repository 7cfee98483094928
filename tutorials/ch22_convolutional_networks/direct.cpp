// A convolution by hand: one output as a sum over taps, and what stride, padding and dilation do.
#include "nn/conv.hpp"
#include "small_tensors.hpp"

using namespace tapestry;

int main() {
  // Dark on the left, bright on the right; the kernel is large where it becomes brighter.
  const Tensor x =
      reshaped(Tensor{0, 0, 5, 5, 5, 0, 0, 5, 5, 5, 0, 0, 0, 5, 5, 0, 0, 0, 5, 5, 0, 0, 0, 0, 5},
               {1, 1, 5, 5});
  const Tensor w = reshaped(Tensor{-1, 0, 1, -2, 0, 2, -1, 0, 1}, {1, 1, 3, 3});
  print_plane("x, 5 x 5", x, 5);
  print_plane("w, 3 x 3", w, 3);

  fmt::print("y(1, 0), tap by tap:\n ");
  real sum = 0;
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t j = 0; j < 3; ++j) {
      const real product = w(0, 0, i, j) * x(0, 0, 1 + i, j);
      sum += product;
      fmt::print("{}({:.0f})({:.0f})", i + j > 0 ? " + " : " ", w(0, 0, i, j), x(0, 0, 1 + i, j));
    }
  fmt::print(" = {:.0f}\n\n", sum);
  print_plane("y, 3 x 3", direct_conv2d(x, w), 3);
  print_plane("padding 1: y, 5 x 5", direct_conv2d(x, w, 1, 1), 5);
  print_plane("padding 1, stride 2: y, 3 x 3", direct_conv2d(x, w, 2, 1), 3);
  print_plane("dilation 2: y, 1 x 1", direct_conv2d(x, w, 1, 0, 2), 1);

  // The size of the output, for all small settings in which the kernel fits.
  std::size_t settings = 0, as_formula = 0;
  for (std::size_t n = 1; n <= 12; ++n)
    for (std::size_t k = 1; k <= 5; ++k)
      for (std::size_t s = 1; s <= 4; ++s)
        for (std::size_t p = 0; p <= 3; ++p)
          for (std::size_t d = 1; d <= 3; ++d) {
            if (d * (k - 1) + 1 > n + 2 * p) continue;
            const Var y = conv2d(constant(zeros({1, 1, n, n})), constant(zeros({1, 1, k, k})),
                                 {.stride = s, .padding = p, .dilation = d});
            ++settings;
            as_formula += y.shape()[2] == (n + 2 * p - d * (k - 1) - 1) / s + 1;
          }
  fmt::print("Settings tried: {}, output as large as the formula says: {}\n", settings, as_formula);
}
