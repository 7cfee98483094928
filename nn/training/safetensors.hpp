// The safetensors format: named tensors in one file, readable from Python as well.
//
// Eight bytes, little-endian: the length of the header. The header, JSON: for every name its dtype,
// shape, and where its bytes begin and end. Then the bytes, row-major, little-endian.
// https://github.com/huggingface/safetensors
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

/// Whole numbers, exactly: step counts, and the `num_batches_tracked` of PyTorch's BatchNorm.
struct IntTensor {
  Shape shape;
  std::vector<std::int64_t> values;
  bool operator==(const IntTensor&) const = default;
};

struct SafetensorsFile {
  StateDict tensors = {};
  std::map<std::string, std::string> metadata = {};
  std::map<std::string, IntTensor> integers = {};
};

/// Written to a temporary file, synced, and renamed: `path` always holds the old or the new file,
/// whole. Tensors are F32 or, in the double library, F64; integers are I64. The metadata gets
/// "tapestry.crc32", by which whoever reads the file knows that no bit has changed. Throws
/// FormatError if the file cannot be written, or if a name or a text is not UTF-8.
void save_safetensors(const std::string& path, const SafetensorsFile& file);

/// F16, BF16, F32 and F64 are converted to `real`; I8 to I64, U8 to U64 and BOOL become integers. A
/// FormatError gives the byte at which the file is not what it should be. Files without
/// "tapestry.crc32", from PyTorch, are read as well; only a change of their bytes is not noticed.
SafetensorsFile load_safetensors(const std::string& path);

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
