#include "text/corpora/line_reader.hpp"

#include <cerrno>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "text/tokens/lines.hpp"

namespace tapestry {

namespace {
constexpr std::size_t piece_size = 1 << 16;
}

LineReader::LineReader(const std::string& path, std::size_t most_bytes)
    : path_(path), most_bytes_(most_bytes) {
  const std::string beginning = read_beginning(path, 3); // refuses what is no file
  if (beginning.starts_with("\xff\xfe") || beginning.starts_with("\xfe\xff"))
    throw FormatError(path + ": is UTF-16; expected UTF-8");
  file_.reset(std::fopen(path.c_str(), "rb"));
  if (!file_) throw FormatError(path + ": cannot be opened: " + std::strerror(errno));
  if (beginning == "\xEF\xBB\xBF") std::fseek(file_.get(), 3, SEEK_SET);
}

bool LineReader::fill() {
  buffer_.resize(piece_size);
  buffer_.resize(std::fread(buffer_.data(), 1, piece_size, file_.get()));
  at_ = 0;
  if (buffer_.empty() && std::ferror(file_.get()))
    throw FormatError(fmt::format("{}: after line {}: cannot be read on", path_, number_));
  return !buffer_.empty();
}

bool LineReader::next(std::string& line) {
  line.clear();
  bool begun = false;
  for (bool ended = false; !ended;) {
    if (at_ == buffer_.size() && !fill()) {
      if (!begun) return false;
      break; // the last line may lack its end
    }
    if (!begun) ++number_, begun = true;
    const std::size_t end = buffer_.find('\n', at_);
    ended = end != buffer_.npos;
    const std::size_t stop = ended ? end : buffer_.size();
    if (std::memchr(buffer_.data() + at_, '\0', stop - at_))
      fail("a byte of value 0; expected text");
    line.append(buffer_, at_, stop - at_);
    at_ = ended ? stop + 1 : stop;
    if (line.size() > most_bytes_ + 1) // one may be the CR of the line's end
      fail(fmt::format("more than {} bytes", most_bytes_));
  }
  while (line.ends_with('\r')) line.pop_back();
  if (line.size() > most_bytes_) fail(fmt::format("more than {} bytes", most_bytes_));
  return true;
}

void LineReader::fail(const std::string& problem) const { line_error(path_, number_, problem); }

} // namespace tapestry
