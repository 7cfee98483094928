// A large file, read piece by piece or line by line in bounded memory.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

namespace tapestry {

/// The bytes of a file, a megabyte at a time.
class Pieces {
public:
  /// Throws FormatError if there is no such file, it is a folder, or it cannot be read.
  explicit Pieces(const std::string& path);

  /// Moves to the next piece; false at the end. Throws FormatError if reading fails.
  bool next();
  std::string_view piece() const { return piece_; }
  /// Of the piece's first byte.
  std::uint64_t offset() const { return offset_; }
  /// Of the file, when it was opened.
  std::uint64_t size() const { return size_; }
  const std::string& path() const { return path_; }

private:
  std::string path_, buffer_;
  std::ifstream file_;
  std::string_view piece_;
  std::uint64_t offset_ = 0, size_ = 0;
};

/// Its bytes as they are asked for, across pieces.
class ByteReader {
public:
  explicit ByteReader(const std::string& path) : pieces_(path) {}

  /// The bytes before the next `end`, which is passed over; at the end of the file, what is left.
  /// false if nothing is. Throws FormatError at the byte where it began if there are more than
  /// `most`; `what` is for that error: "a line".
  bool until(char end, std::size_t most, const char* what, std::string& to);
  /// Exactly n bytes. Throws FormatError if there are fewer.
  void exactly(std::size_t n, std::string& to);
  /// The next byte without taking it, or -1 at the end.
  int peek();

  std::uint64_t offset() const { return pieces_.offset() + at_; }
  std::uint64_t size() const { return pieces_.size(); }
  const std::string& path() const { return pieces_.path(); }

private:
  bool fill();

  Pieces pieces_;
  std::size_t at_ = 0;
};

} // namespace tapestry
