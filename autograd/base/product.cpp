#include "autograd/base/product.hpp"

#include <algorithm>
#include <complex>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <limits>

#define HAVE_CBLAS 1 // without it, cxxblas multiplies in plain loops
#include <xflens/cxxblas/cxxblas.cxx>

#include "autograd/base/panels.hpp"
#include "autograd/base/parallel.hpp"
#include "autograd/base/pool.hpp"
#include "autograd/base/simd.hpp"

extern "C" {
void openblas_set_num_threads(int);
#if defined(__x86_64__) && defined(__ELF__)
#define TAPESTRY_CHOOSES_KERNELS
char* openblas_get_corename();
// How OpenBLAS chooses its kernels when it is loaded; absent where it was built for one processor.
[[gnu::weak]] void gotoblas_dynamic_init();
[[gnu::weak]] void gotoblas_dynamic_quit();
#endif
}

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// OpenBLAS finds its kernels in a table of processor models. On a processor younger than the table
// it takes those of a Pentium 4, a fifth of the speed; then it is told what the processor can do,
// and asked to choose again.
void choose_kernels() {
#ifdef TAPESTRY_CHOOSES_KERNELS
  const bool unknown = std::strcmp(openblas_get_corename(), "Prescott") == 0;
  if (!unknown || !gotoblas_dynamic_init || !gotoblas_dynamic_quit) return;
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    setenv("OPENBLAS_CORETYPE", "SkylakeX", 0); // 0: unless the user has set it
  else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    setenv("OPENBLAS_CORETYPE", "Haswell", 0);
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
#endif
}

void one_product(std::size_t m, std::size_t n, std::size_t k, const Matrix& a, const Matrix& b,
                 real* c, std::size_t c_stride, bool accumulate) {
  set_up_blas();
  const auto flag = [](const Matrix& x) {
    return x.transposed ? cxxblas::Trans : cxxblas::NoTrans;
  };
  const auto index = [](std::size_t i) { return static_cast<int>(i); };
  const real one = 1, beta = accumulate ? 1 : 0;
  cxxblas::gemm(cxxblas::RowMajor, flag(a), flag(b), index(m), index(n), index(k), one, a.data,
                index(a.stride), b.data, index(b.stride), beta, c, index(c_stride));
}

// Row i of a as the start of a smaller matrix.
Matrix from_row(const Matrix& a, std::size_t i) {
  return {a.data + (a.transposed ? i : i * a.stride), a.stride, a.transposed};
}

// The rows, or the columns, are shared out in parts. In every entry the products are added up in
// the same order whatever the part, and with it the number of cores.
void large_product(std::size_t m, std::size_t n, std::size_t k, const Matrix& a, const Matrix& b,
                   real* c, std::size_t c_stride, bool accumulate) {
  const Panels panels(k, n, b);
  const bool by_rows = m >= n;
  const std::size_t height = Panels::tile_rows;
  const std::size_t pieces = by_rows ? (m + height - 1) / height : panels.count();
  const std::size_t parts = std::min(pieces, parts_of(m * n * k, enough_products));
  const Buffer<real> scratch(a.transposed ? parts * Panels::scratch_size : 0);
  const auto part = [&](std::size_t begin, std::size_t end, std::size_t p) {
    real* mine = scratch.data() + (a.transposed ? p * Panels::scratch_size : 0);
    if (by_rows) {
      const std::size_t top = begin * height, bottom = std::min(m, end * height);
      panels.product(bottom - top, from_row(a, top), c + top * c_stride, c_stride, accumulate, 0,
                     panels.count(), mine);
    } else {
      panels.product(m, a, c, c_stride, accumulate, begin, end, mine);
    }
  };
  parallel_ranges(pieces, parts, std::ref(part));
}

} // namespace

void set_up_blas() {
  [[maybe_unused]] static const bool done = [] {
    choose_kernels();
    openblas_set_num_threads(1); // the cores are shared out here, coarsely; its own threads would
    return true;                 // fight with ours
  }();
}

void product(std::size_t m, std::size_t n, std::size_t k, const Matrix& a, const Matrix& b, real* c,
             std::size_t c_stride, bool accumulate) {
  if (m == 0 || n == 0) return;
  if (k == 0) { // an empty sum; BLAS would refuse the zero strides
    if (!accumulate)
      for (std::size_t i = 0; i < m; ++i) std::fill_n(c + i * c_stride, n, real{0});
    return;
  }
  // For a small product OpenBLAS is faster; one of middle size it may copy to memory from malloc.
  // It counts in int.
  constexpr std::size_t most = std::numeric_limits<int>::max();
  const bool too_large_for_int = std::max({m, n, k, a.stride, b.stride, c_stride}) > most;
  if (too_large_for_int || (m >= 8 && n >= Lanes::size && m * n * k >= 16'384))
    large_product(m, n, k, a, b, c, c_stride, accumulate);
  else
    one_product(m, n, k, a, b, c, c_stride, accumulate);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
