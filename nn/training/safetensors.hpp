// The safetensors format: named tensors in one file, readable from Python as well.
//
// Eight bytes, little-endian: the length of the header. The header, JSON: for every name its dtype,
// shape, and where its bytes begin and end. Then the bytes, row-major, little-endian.
// https://github.com/huggingface/safetensors
#pragma once

#include <map>
#include <string>

#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

struct SafetensorsFile {
  StateDict tensors;
  std::map<std::string, std::string> metadata;
};

/// Written to a temporary file, synced, and renamed: `path` always holds the old or the new file,
/// whole. Tensors are F32 or, in the double library, F64.
void save_safetensors(const std::string& path, const SafetensorsFile& file);

/// F16, BF16, F32 and F64 are converted to `real`. A FormatError gives the byte at which the file
/// is not what it should be.
SafetensorsFile load_safetensors(const std::string& path);

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
