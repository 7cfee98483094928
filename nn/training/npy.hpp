// NumPy's .npy: one array in a file.
//
// The characters \x93NUMPY, two bytes of version, the length of the header (two bytes, or four from
// version 2 on), the header, which is a dict as Python prints it, and then the numbers as they lie
// in memory. https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
#pragma once

#include <string>
#include <vector>

#include "autograd/base/file.hpp"
#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What the numbers are, all little-endian: half, single and double floats.
enum class NpyType { f2, f4, f8 };

/// Reads an array of '<f2', '<f4' or '<f8' in C order, versions 1 to 3, and converts it to `real`.
/// A FormatError gives the byte at which the file is not what it should be; the header's sizes are
/// compared with the file's before anything is allocated.
Tensor read_npy(const std::string& path);

/// Writes version 1, atomically. Numbers that a half cannot hold become infinite. Throws
/// FormatError if the file cannot be written.
void write_npy(const std::string& path, const Tensor& x,
               NpyType type = sizeof(real) == 8 ? NpyType::f8 : NpyType::f4);

/// An array of which only the rows that are asked for are read. Threads may share it.
class NpyRows {
public:
  /// Reads the header. Throws as read_npy does, and if the array has no axis.
  explicit NpyRows(const std::string& path);

  const Shape& shape() const { return shape_; } ///< (N, ...)
  std::size_t size() const { return shape_[0]; }

  /// Row i, of the shape (...). Throws std::invalid_argument if there is none, FormatError if the
  /// file has become shorter since.
  Tensor row(std::size_t i) const;

  /// (B, ...): these rows, in this order.
  Tensor rows(const std::vector<std::size_t>& which) const;

private:
  void read_row(std::size_t i, real* to) const;

  OpenFile file_;
  NpyType type_;
  Shape shape_;
  std::size_t begin_, row_size_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
