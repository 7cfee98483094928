// An IDX file, plain or packed.
#include "vision/datasets/idx.hpp"

#include "autograd/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"

FUZZED(idx) {
  using namespace tapestry;
  try {
    const IdxArray array = read_idx(as_file(data, size, "idx"));
    std::size_t entries = 1;
    for (const std::size_t n : array.shape) entries *= n;
    if (array.data.size() != entries || entries > 1032 * size) __builtin_trap();
  } catch (const FormatError&) {
  }
  return 0;
}
