#include "text/embeddings/pieces.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"

namespace tapestry {

Pieces::Pieces(const std::string& path) : path_(path), buffer_(1 << 20, '\0') {
  read_beginning(path, 1); // its errors are the ones to throw
  file_.open(path, std::ios::binary);
  std::error_code error;
  size_ = std::filesystem::file_size(path, error);
  if (!file_ || error) throw FormatError(path + ": it cannot be read");
}

bool Pieces::next() {
  offset_ += piece_.size();
  file_.read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  if (file_.bad()) throw FormatError(path_, offset_, "it cannot be read on from here");
  piece_ = {buffer_.data(), static_cast<std::size_t>(file_.gcount())};
  return !piece_.empty();
}

bool ByteReader::fill() {
  if (at_ < pieces_.piece().size()) return true;
  at_ = 0;
  return pieces_.next();
}

bool ByteReader::until(char end, std::size_t most, const char* what, std::string& to) {
  to.clear();
  const std::uint64_t begin = offset();
  if (!fill()) return false;
  do {
    const std::string_view left = pieces_.piece().substr(at_);
    const std::size_t n = left.find(end);
    const std::size_t taken = n == left.npos ? left.size() : n;
    if (to.size() + taken > most)
      throw FormatError(path(), begin,
                        fmt::format("{} of more than {} bytes; expected fewer", what, most));
    to += left.substr(0, taken);
    at_ += taken;
    if (n != left.npos) {
      ++at_;
      return true;
    }
  } while (fill());
  return true;
}

void ByteReader::exactly(std::size_t n, std::string& to) {
  to.clear();
  while (to.size() < n) {
    if (!fill())
      throw FormatError(path(), offset(),
                        fmt::format("it ends here; expected {} bytes more", n - to.size()));
    const std::string_view left = pieces_.piece().substr(at_, n - to.size());
    to += left;
    at_ += left.size();
  }
}

int ByteReader::peek() { return fill() ? static_cast<unsigned char>(pieces_.piece()[at_]) : -1; }

} // namespace tapestry
