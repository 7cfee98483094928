// A plain text of any size, in pieces: for language models, tokenizers and counts.
#pragma once

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>

namespace tapestry {

/// Joined, the pieces are the file, without a byte order mark and with LF at its lines' ends. None
/// has more than `most_bytes`; each ends with a line where that is possible, and never inside of a
/// UTF-8 character. So a line of 100 MB is read like any other text, in memory for one piece.
///
/// What is not UTF-8 stays as it is; `decode_utf8` makes U+FFFD of it. A FormatError if the file
/// cannot be read, is no regular file, is UTF-16 ("PATH: is UTF-16; expected UTF-8") or has a byte
/// of value 0 ("PATH: line 17: ..."); a std::invalid_argument for a most_bytes below 4.
class TextStream {
public:
  explicit TextStream(const std::string& path, std::size_t most_bytes = 1 << 20);

  /// The next piece, not empty; false at the end.
  bool next(std::string& piece);

private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  std::string path_, rest_; // rest: read, but not given yet
  std::size_t most_bytes_, line_ = 1;
  std::unique_ptr<std::FILE, Close> file_;
};

} // namespace tapestry
