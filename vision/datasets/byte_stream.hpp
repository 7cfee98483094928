// A file read from its beginning, plain or packed by gzip: whoever reads sees the plain bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace tapestry {

class ByteStream {
public:
  /// Opens the file; that it is packed is told by its first two bytes. Throws FormatError: no such
  /// file, a folder, a pipe or a device, not readable.
  explicit ByteStream(const std::string& path);
  ~ByteStream();

  /// The next n bytes, or fewer where the file ends. Throws FormatError if the packed data is
  /// damaged or cut off.
  std::size_t read(void* to, std::size_t n);
  /// Throws FormatError "PATH: byte 100: cut off; expected 20 more bytes of pixels" if fewer come.
  void read_all(void* to, std::size_t n, const char* what);
  /// Throws FormatError if there is more.
  void expect_end();

  /// Bytes that were read.
  std::uint64_t at() const { return at_; }
  /// No more than this can follow, by the file's size: gzip packs at most 1032 bytes into one.
  std::uint64_t most_left() const;

private:
  struct Source;
  std::string path_;
  std::uint64_t size_, at_ = 0;
  std::unique_ptr<Source> source_;
};

} // namespace tapestry
