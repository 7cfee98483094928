#include "text/corpora/text_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "text/tokens/lines.hpp"

namespace tapestry {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// Where a piece of a text that goes on behind `text` may end: after a line, else before a character
// or a CR that may be incomplete.
std::size_t cut(const std::string& text) {
  if (const std::size_t line = text.rfind('\n'); line != text.npos) return line + 1;
  std::size_t end = text.size();
  if (text.back() == '\r') return end - 1;
  for (std::size_t back = 1; back <= 4 && back <= end; ++back)
    if (!continues(text[end - back])) { // the last character begins here
      const auto first = static_cast<unsigned char>(text[end - back]);
      const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
      return length > back ? end - back : end;
    }
  return end; // not UTF-8
}

// LF in place of CRLF.
void with_plain_ends(std::string& text) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (!(text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n')) text[kept++] = text[i];
  text.resize(kept);
}

} // namespace

TextStream::TextStream(const std::string& path, std::size_t most_bytes)
    : path_(path), most_bytes_(most_bytes) {
  if (most_bytes < 4)
    throw std::invalid_argument(fmt::format(
        "TextStream: most_bytes {}; expected at least 4, the longest character", most_bytes));
  const std::string beginning = read_beginning(path, 3); // refuses what is no file
  if (beginning.starts_with("\xff\xfe") || beginning.starts_with("\xfe\xff"))
    throw FormatError(path + ": is UTF-16; expected UTF-8");
  file_.reset(std::fopen(path.c_str(), "rb"));
  if (!file_) throw FormatError(path + ": cannot be opened: " + std::strerror(errno));
  if (beginning == "\xEF\xBB\xBF") std::fseek(file_.get(), 3, SEEK_SET);
}

bool TextStream::next(std::string& piece) {
  for (bool at_end = false; !at_end;) {
    const std::size_t kept = rest_.size();
    rest_.resize(most_bytes_);
    const std::size_t n = std::fread(rest_.data() + kept, 1, most_bytes_ - kept, file_.get());
    rest_.resize(kept + n);
    if (std::ferror(file_.get())) throw FormatError(path_ + ": cannot be read on");
    at_end = rest_.size() < most_bytes_;
    if (const std::size_t zero = rest_.find('\0', kept); zero != rest_.npos)
      line_error(path_,
                 line_ +
                     static_cast<std::size_t>(std::count(
                         rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(zero), '\n')),
                 "a byte of value 0; expected text");
    const std::size_t end = at_end ? rest_.size() : cut(rest_);
    piece.assign(rest_, 0, end);
    rest_.erase(0, end);
    line_ += static_cast<std::size_t>(std::count(piece.begin(), piece.end(), '\n'));
    with_plain_ends(piece);
    if (!piece.empty()) return true;
  }
  return false;
}

} // namespace tapestry
