// IDX files: arrays of bytes of any rank, as Yann LeCun stored MNIST.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tapestry {

constexpr std::uint64_t most_idx_bytes = 4'000'000'000; ///< of an array

/// What stands before the data: 0, 0, the type (8: bytes), the rank, and then each size, big-endian
/// in 4 bytes.
struct IdxHeader {
  std::vector<std::size_t> shape;
  std::uint64_t entries = 0; ///< the product of the sizes
  std::size_t length = 0;    ///< of the header itself, in bytes: 4 + 4 * rank
};

/// Reads it from the beginning of a file (16 bytes are enough). Throws FormatError "PATH: byte 3:
/// ..." for other first bytes, another type than bytes, a rank other than 1 to 4, a header that is
/// cut off, or more than most_idx_bytes entries.
IdxHeader idx_header(const std::string& path, std::string_view start);

struct IdxArray {
  std::vector<std::size_t> shape;
  std::vector<std::uint8_t> data;
};

/// The whole file, plain or packed by gzip. Throws FormatError, also if the file ends before the
/// data does or after it. Nothing larger than the file can hold is ever allocated.
IdxArray read_idx(const std::string& path);

} // namespace tapestry
