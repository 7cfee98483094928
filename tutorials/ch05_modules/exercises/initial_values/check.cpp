#include "expect.hpp"

#include "autograd/random.hpp"
#include "nn/init.hpp"

using namespace tapestry;

static double largest(const Tensor& x) {
  double result = 0;
  for (real v : x) result = std::max(result, std::abs(v));
  return result;
}

static void expect_bound(const std::string& what, const Tensor& x, double bound) {
  const double found = largest(x);
  expect(what, found <= bound && found > 0.99 * bound,
         fmt::format("its largest entry is {:.4g}; expected a bound of {:.4g}", found, bound),
         {found});
}

STEP("xavier of a matrix") {
  Rng rng(1);
  expect_bound("xavier_uniform of shape (30, 120)", xavier_uniform({30, 120}, rng), 0.2);
}

STEP("kaiming of a matrix") {
  Rng rng(2);
  expect_bound("kaiming_uniform of shape (30, 150)", kaiming_uniform({30, 150}, rng), 0.2);
}

STEP("xavier and kaiming of a convolution's kernel") {
  Rng rng(3);
  expect_bound("xavier_uniform of shape (16, 8, 5, 5)", xavier_uniform({16, 8, 5, 5}, rng), 0.1);
  expect_bound("kaiming_uniform of shape (8, 24, 5, 5)", kaiming_uniform({8, 24, 5, 5}, rng), 0.1);
}

STEP("a use: values neither vanish nor explode through thirty layers") {
  Rng rng(4);
  const std::size_t n = 64;
  std::vector<real> x(n, 1);
  for (int layer = 0; layer < 30; ++layer) {
    const Tensor w = kaiming_uniform({n, n}, rng);
    std::vector<real> y(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) y[i] += w.data()[i * n + j] * x[j];
      y[i] = std::max(y[i], real{0});
    }
    x = y;
  }
  double squares = 0;
  for (real v : x) squares += v * v;
  const double size = std::sqrt(squares / static_cast<double>(n));
  expect("thirty layers with a ReLU", size > 0.05 && size < 20,
         fmt::format("entries of 1 have become {:.3g} in the root mean square", size), {size});
}
