// What can be read can be written, and is the same when it is read again, whole and by rows.
#include "nn/training/npy.hpp"
#include "autograd/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"
#include <cstring>

FUZZED(npy) {
  using namespace tapestry;
  const auto same = [](const Tensor& x, const real* y) {
    return x.size() == 0 || std::memcmp(x.data(), y, x.size() * sizeof(real)) == 0;
  };
  Tensor x;
  try {
    x = read_npy(as_file(data, size, "x.npy"));
  } catch (const FormatError&) {
    return 0;
  }
  const std::string again = as_file(nullptr, 0, "y.npy");
  write_npy(again, x);
  const Tensor y = read_npy(again);
  if (y.shape() != x.shape() || !same(y, x.data())) __builtin_trap();
  if (x.dimension() == 0) return 0;
  const NpyRows rows(again);
  if (rows.shape() != x.shape()) __builtin_trap();
  for (std::size_t i = 0; i < std::min<std::size_t>(rows.size(), 3); ++i)
    if (!same(rows.row(i), x.data() + i * (x.size() / rows.size()))) __builtin_trap();
  return 0;
}
