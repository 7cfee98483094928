// Panels against three loops: every height and width of tile, and across blocks and chunks.
#include "autograd/base/panels.hpp"
#include "autograd/base/parallel.hpp"
#include "check.hpp"

using namespace tapestry;

namespace {

constexpr real untouched = 777;

void compare(std::size_t m, std::size_t n, std::size_t k, bool ta, bool tb, bool accumulate) {
  const std::size_t c_stride = n + 5;
  const Tensor a = ta ? random({k, m + 3}, 1) : random({m, k + 3}, 1);
  const Tensor b = tb ? random({n, k + 2}, 2) : random({k, n + 2}, 2);
  Tensor c = full({m, c_stride}, untouched), expected = c;
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      double sum = accumulate ? 0.5 : 0;
      for (std::size_t l = 0; l < k; ++l)
        sum += double{ta ? a(l, i) : a(i, l)} * double{tb ? b(j, l) : b(l, j)};
      c(i, j) = accumulate ? real(0.5) : std::numeric_limits<real>::quiet_NaN();
      expected(i, j) = static_cast<real>(sum);
    }
  const Panels panels(k, n, {b.data(), b.shape()[1], tb});
  const Matrix left{a.data(), a.shape()[1], ta};
  Tensor scratch = zeros({Panels::scratch_size});
  const std::size_t half = panels.count() / 2;
  panels.product(m, left, c.data(), c_stride, accumulate, 0, half, scratch.data());
  panels.product(m, left, c.data(), c_stride, accumulate, half, panels.count(), scratch.data());
  const double eps = std::numeric_limits<real>::epsilon();
  BOOST_CHECK_MESSAGE(distance(c, expected) <= 4 * eps * static_cast<double>(k + 4),
                      m << " x " << k << " x " << n << ", transposed " << ta << tb
                        << ", accumulate " << accumulate);
}

} // namespace

BOOST_AUTO_TEST_SUITE(panels)

BOOST_AUTO_TEST_CASE(products) {
  for (int flags = 0; flags < 8; ++flags) {
    const bool ta = flags & 1, tb = flags & 2, accumulate = flags & 4;
    for (std::size_t m : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17})
      for (std::size_t n : {1, 7, 16, 17, 24, 33, 48, 49, 100})
        compare(m, n, 20, ta, tb, accumulate);
    for (std::size_t k : {1, 255, 256, 257, 511, 512, 513, 1200})
      compare(9, 50, k, ta, tb, accumulate);
    for (std::size_t m : {127, 128, 129, 300}) compare(m, 50, 30, ta, tb, accumulate);
  }
}

BOOST_AUTO_TEST_CASE(nothing_to_multiply) {
  for (bool accumulate : {false, true}) {
    compare(0, 5, 3, false, false, accumulate);
    compare(3, 0, 3, true, false, accumulate);
    compare(3, 5, 0, false, true, accumulate);
  }
}

// What the result of a training step owes to this: it does not depend on how the rows of a batch
// were shared between threads.
BOOST_AUTO_TEST_CASE(a_row_does_not_depend_on_the_others) {
  const std::size_t m = 21, n = 67, k = 700;
  const Tensor a = random({m, k}, 1), b = random({k, n}, 2);
  const Panels panels(k, n, {b.data(), n});
  Tensor together = zeros({m, n}), alone = zeros({m, n});
  panels.product(m, {a.data(), k}, together.data(), n, true);
  for (std::size_t i = 0; i < m; ++i)
    panels.product(1, {a.data() + i * k, k}, alone.data() + i * n, n, true);
  BOOST_CHECK(same(together, alone));
}

BOOST_AUTO_TEST_CASE(packed_alike_by_any_number_of_threads) {
  const std::size_t before = thread_count(), m = 9, n = 500, k = 700;
  const Tensor a = random({m, k}, 1), b = random({n, k}, 2);
  std::vector<Tensor> results;
  for (const std::size_t threads : {1, 2, 3, 8, 16}) {
    set_thread_count(threads);
    const Panels panels(k, n, {b.data(), k, true});
    results.push_back(zeros({m, n}));
    panels.product(m, {a.data(), k}, results.back().data(), n, false);
  }
  set_thread_count(before);
  for (const Tensor& r : results) BOOST_CHECK(same(r, results[0]));
}

BOOST_AUTO_TEST_SUITE_END()
