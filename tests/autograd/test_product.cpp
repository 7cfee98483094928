// product() against three loops, and the same bits with any number of threads.
#include <cstring>
#include <set>

#include "autograd/base/parallel.hpp"
#include "autograd/base/product.hpp"
#include "check.hpp"

using namespace tapestry;

namespace {

constexpr real not_written = 777;

// An m x n matrix in rows `extra` wider than needed, or its transpose in memory.
struct Stored {
  Tensor memory;
  Matrix matrix;

  Stored(std::size_t m, std::size_t n, bool transposed, std::size_t extra, std::uint64_t seed)
      : memory(random(
            {(transposed ? n : m), std::max<std::size_t>((transposed ? m : n) + extra, 1)}, seed)),
        matrix{memory.data(), memory.shape()[1], transposed} {}

  double at(std::size_t i, std::size_t j) const {
    return static_cast<double>(
        matrix.data[matrix.transposed ? j * matrix.stride + i : i * matrix.stride + j]);
  }
};

void compare(std::size_t m, std::size_t n, std::size_t k, bool ta, bool tb, std::size_t extra,
             bool accumulate) {
  const Stored a(m, k, ta, extra, 1), b(k, n, tb, extra, 2);
  const std::size_t stride = n + extra;
  Tensor c = full({m, std::max<std::size_t>(stride, 1)}, not_written);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j)
      c.data()[i * stride + j] = accumulate ? real(0.5) : std::numeric_limits<real>::quiet_NaN();
  product(m, n, k, a.matrix, b.matrix, c.data(), stride, accumulate);
  double worst = 0;
  bool beside = true;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      double sum = accumulate ? 0.5 : 0;
      for (std::size_t l = 0; l < k; ++l) sum += a.at(i, l) * b.at(l, j);
      const double error = std::abs(sum - static_cast<double>(c.data()[i * stride + j]));
      worst = std::max(worst, std::isnan(error) ? 1e300 : error);
    }
    for (std::size_t j = n; j < stride; ++j)
      beside = beside && c.data()[i * stride + j] == not_written;
  }
  // k products of about 1, each rounded: k eps bounds the sum of k roundings of size sqrt(k)
  const double bound =
      4 * static_cast<double>(std::numeric_limits<real>::epsilon()) * static_cast<double>(k + 4);
  BOOST_CHECK_MESSAGE(worst <= bound, m << " x " << k << " x " << n << ", transposed " << ta << tb
                                        << ", extra " << extra << ", accumulate " << accumulate
                                        << ": off by " << worst);
  BOOST_CHECK_MESSAGE(beside, "wrote beside the rows");
}

std::uint64_t hash(const Tensor& t) {
  std::uint64_t h = 0xcbf29ce484222325u;
  for (real v : t.storage()) {
    std::uint64_t bits = 0;
    std::memcpy(&bits, &v, sizeof v);
    h = (h ^ bits) * 0x100000001b3u;
  }
  return h;
}

} // namespace

BOOST_AUTO_TEST_SUITE(product_)

BOOST_AUTO_TEST_CASE(small_and_odd_sizes) {
  const std::size_t sizes[][3] = {{0, 3, 4}, {3, 0, 4}, {3, 4, 0},   {0, 0, 0},
                                  {1, 1, 1}, {1, 5, 3}, {5, 1, 3},   {5, 3, 1},
                                  {2, 3, 4}, {7, 7, 7}, {17, 31, 13}};
  for (const auto& s : sizes)
    for (bool ta : {false, true})
      for (bool tb : {false, true})
        for (std::size_t extra : {0, 3})
          for (bool accumulate : {false, true})
            compare(s[0], s[1], s[2], ta, tb, extra, accumulate);
}

BOOST_AUTO_TEST_CASE(sizes_that_threads_share) { // more than 2 and than 8 million multiply-adds
  for (bool ta : {false, true})
    for (bool tb : {false, true}) {
      compare(257, 129, 131, ta, tb, 5, true);  // by rows, 2 parts
      compare(129, 257, 131, ta, tb, 5, false); // by columns
    }
  compare(203, 211, 210, false, true, 0, false); // 4 parts
  compare(3, 1001, 1003, false, false, 0, true); // fewer rows than parts
  compare(1001, 2, 1003, true, false, 1, true);
}

BOOST_AUTO_TEST_CASE(transposing_twice) {
  const Tensor x = random({2, 3});
  const Matrix m{x.data(), 3};
  BOOST_CHECK(transposed(m).transposed);
  BOOST_CHECK(!transposed(transposed(m)).transposed);
}

// The bits depend on the machine's kernels, so no number stands here.
BOOST_AUTO_TEST_CASE(the_same_bits_with_any_number_of_threads) {
  const std::size_t before = thread_count();
  const std::size_t sizes[][3] = {{301, 301, 301}, {40, 900, 1000}, {900, 17, 1000}};
  for (const auto& [m, n, k] : sizes)
    for (const bool ta : {false, true}) {
      const Stored a(m, k, ta, 0, 1), b(k, n, false, 0, 2);
      std::set<std::uint64_t> results;
      for (const std::size_t threads : {1, 2, 3, 8, 16}) {
        set_thread_count(threads);
        Tensor c = zeros({m, n});
        product(m, n, k, a.matrix, b.matrix, c.data(), n, false);
        results.insert(hash(c));
      }
      set_thread_count(before);
      parallel_parts(2, [&](std::size_t p) { // inside a part it stays on its thread
        if (p == 1) return;
        Tensor c = zeros({m, n});
        product(m, n, k, a.matrix, b.matrix, c.data(), n, false);
        results.insert(hash(c));
      });
      BOOST_CHECK_EQUAL(results.size(), 1);
    }
}

// OpenBLAS counts in int.
BOOST_AUTO_TEST_CASE(rows_further_apart_than_an_int_counts) {
  const Tensor a{{1, 2}}, b{{3, 4, 5}, {6, 7, 8}};
  Tensor c = zeros({1, 3});
  const std::size_t far = std::size_t{1} << 33; // there is one row: nobody goes that far
  product(1, 3, 2, {a.data(), far}, {b.data(), 3}, c.data(), far, false);
  BOOST_CHECK(same(c, Tensor{{15, 18, 21}}));
}

BOOST_AUTO_TEST_SUITE_END()
