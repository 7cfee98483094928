// Large text files, a line at a time, in bounded memory.
#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>

namespace tapestry {

/// Reads one line after the other and knows where it is. What is refused is a FormatError
/// "PATH: line 17: ...": a line of more than `most_bytes`, a byte of value 0. A file that is
/// missing, no regular file, or UTF-16 is one as well, when it is opened.
class LineReader {
public:
  explicit LineReader(const std::string& path, std::size_t most_bytes = 100'000);

  /// The next line without its end, LF or CRLF (or CRCRLF, as a wrong conversion writes it); false
  /// at the end of the file. The first has no byte order mark.
  bool next(std::string& line);
  /// Of the line that was read last, from 1.
  std::size_t number() const { return number_; }
  const std::string& path() const { return path_; }
  /// Throws the FormatError about the line that was read last.
  [[noreturn]] void fail(const std::string& problem) const;

private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  bool fill();

  std::string path_, buffer_;
  std::size_t most_bytes_, at_ = 0, number_ = 0;
  std::unique_ptr<std::FILE, Close> file_;
};

} // namespace tapestry
