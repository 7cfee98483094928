// Whole files, read and written so that a failure leaves either the old file or the new one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tapestry {

/// The bytes of the file. Throws FormatError of one line: no such file, a folder, a pipe or a
/// device (which may have no end), not readable, or larger than `most` bytes; that is looked at
/// before anything is read.
std::string read_file(const std::string& path, std::uint64_t most = UINT64_MAX);

/// Its first bytes, at most n of them: enough to see of what kind it is. Throws as read_file does.
std::string read_beginning(const std::string& path, std::size_t n);

/// A file of which parts are read, in any order, by any thread.
class OpenFile {
public:
  /// Throws as read_file does.
  explicit OpenFile(const std::string& path, std::uint64_t most = UINT64_MAX);
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile();

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; } ///< in bytes, when it was opened

  /// The n bytes from `offset` on. Throws FormatError if the file has not as many.
  void read_at(std::uint64_t offset, char* to, std::size_t n) const;

  /// Up to n of them, less only at the end of the file; how many there were.
  std::size_t read_some(std::uint64_t offset, char* to, std::size_t n) const;

private:
  std::string path_;
  int fd_;
  std::uint64_t size_ = 0;
};

/// Writes the file, and checks every step. Throws FormatError; what was written until then stays.
/// For files of which there are thousands: it does not wait for the disk.
void write_file(const std::string& path, std::string_view bytes);

/// Waits until the disk has all that was written to the file system of this folder.
void sync_folder(const std::string& folder);

/// Makes a folder and those above it, if they are not there. Throws FormatError.
void make_folder(const std::string& folder);

/// Writes a file beside `path`, waits until the disk has it, and renames it to `path`: whoever
/// reads sees the old file or the new one, never a half, after a power cut as well. The file keeps
/// its mode; a symbolic link stays one, and the file it points to is replaced. On failure it throws
/// FormatError and removes what it wrote. What a killed process of this machine left is removed by
/// the next one that writes the same file. A device (/dev/stdout) is written directly.
void write_file_atomically(const std::string& path, std::string_view bytes);

} // namespace tapestry
