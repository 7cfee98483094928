// A batch of CIFAR-10's binary version.
#include "vision/datasets/cifar.hpp"

#include "autograd/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"

FUZZED(cifar) {
  using namespace tapestry;
  try {
    LabelledImages images;
    read_cifar_batch(as_file(data, size, "batch.bin"), images);
    if (images.pixels.size() != images.size() * 3072 || images.size() == 0) __builtin_trap();
    for (const int label : images.labels)
      if (label < 0 || label > 9) __builtin_trap();
  } catch (const FormatError&) {
  }
  return 0;
}
