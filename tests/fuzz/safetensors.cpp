// What can be read can be written, and is the same when it is read again.
#include <cstring>

#include "autograd/base/error.hpp"
#include "nn/training/safetensors.hpp"
#include "tests/fuzz/fuzz.hpp"

FUZZED(safetensors) {
  using namespace tapestry;
  const std::string path = as_file(data, size, "x.safetensors");
  nn::SafetensorsFile file;
  try {
    file = nn::load_safetensors(path);
  } catch (const FormatError&) {
    return 0;
  }
  nn::save_safetensors("/dev/null", file); // every step of it but the disk
  const std::string again = as_file(nullptr, 0, "y.safetensors");
  nn::save_safetensors(again, file);
  const nn::SafetensorsFile back = nn::load_safetensors(again);
  if (back.integers != file.integers || back.tensors.size() != file.tensors.size())
    __builtin_trap();
  for (const auto& [name, x] : file.tensors) {
    const Tensor& y = back.tensors.at(name);
    if (x.shape() != y.shape() ||
        (x.size() > 0 && std::memcmp(x.data(), y.data(), x.size() * sizeof(real)) != 0))
      __builtin_trap();
  }
  return 0;
}
