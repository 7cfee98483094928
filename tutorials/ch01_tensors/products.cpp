// Matrix products: three loops, the same through strides, and a shortcut that does not look.
#include <complex>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xtensor-blas/xlinalg.hpp>

#include "autograd/base/product.hpp"
#include "autograd/random.hpp"
#include "autograd/xt.hpp"

using namespace tapestry;

namespace {

//> loops
// a: (m, k), b: (k, n) -> (m, n)
Tensor multiply(const Tensor& a, const Tensor& b) {
  const std::size_t m = a.shape()[0], k = a.shape()[1], n = b.shape()[1];
  Tensor c = zeros({m, n});
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t l = 0; l < k; ++l)
      for (std::size_t j = 0; j < n; ++j) c(i, j) += a(i, l) * b(l, j);
  return c;
}
//< loops

// Sums in another order differ in the last digits of a float, and only there.
const char* agree(const Tensor& a, const Tensor& b) {
  return a.shape() == b.shape() && xt::amax(xt::abs(a - b))() < 1e-6 ? "the same" : "NOT the same";
}

// A matrix as {{1, 2}, {3, 4}}.
std::string text(const Tensor& x) {
  std::string rows;
  for (std::size_t i = 0; i < x.shape()[0]; ++i)
    rows += fmt::format("{}{{{}}}", i == 0 ? "" : ", ", fmt::join(xt::view(x, i), ", "));
  return fmt::format("{} {{{}}}", to_string(x.shape()), rows);
}

} // namespace

int main() {
  Rng rng(1);
  const Tensor a = uniform({3, 4}, -1, 1, rng), b = uniform({4, 5}, -1, 1, rng);
  const Tensor c = multiply(a, b);

  //> blas
  Tensor d = zeros({3, 5});
  product(3, 5, 4, {a.data(), 4}, {b.data(), 5}, d.data(), 5, false);
  //< blas
  fmt::print("(3, 4) x (4, 5), by three loops and by BLAS: {}\n", agree(c, d));

  //> transposed
  Tensor e = zeros({4, 4});
  const Matrix rows{a.data(), 4}; // entry (i, j) at i * 4 + j
  product(4, 4, 3, transposed(rows), rows, e.data(), 4, false);
  //< transposed
  const Tensor moved = xt::transpose(a);
  fmt::print("a^T a, by reading a transposed and by transposing it: {}\n",
             agree(e, multiply(moved, a)));

  //> stack
  const Tensor stack = uniform({2, 3, 4}, -1, 1, rng); // two matrices (3, 4), one below the other
  Tensor tall = zeros({2, 3, 5});
  product(2 * 3, 5, 4, {stack.data(), 4}, {b.data(), 5}, tall.data(), 5, false);
  //< stack
  bool same = true;
  for (std::size_t i = 0; i < 2; ++i)
    same = same && agree(xt::view(tall, i), multiply(xt::view(stack, i), b)) == agree(c, d);
  fmt::print("(2, 3, 4) x (4, 5), as one product and one by one: {}\n",
             same ? "the same" : "NOT the same");

  //> shortcut
  const Tensor x{{1, 2, 0}, {3, 4, 0}, {5, 6, 0}};
  const auto top = xt::view(x, xt::range(0, 2), xt::all()); // (2, 3)
  const Tensor wrong = xt::linalg::dot(top, xt::transpose(x));
  const Tensor right = xt::linalg::dot(Tensor(top), xt::transpose(x));
  //< shortcut
  fmt::print("\ntop x^T must be (2, 3) x (3, 3) -> (2, 3)\n");
  fmt::print("  dot(top, transpose(x))          {}\n", text(wrong));
  fmt::print("  dot(Tensor(top), transpose(x))  {}\n", text(right));
}
