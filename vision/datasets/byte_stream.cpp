#include "vision/datasets/byte_stream.hpp"

#include <algorithm>
#include <new>
#include <vector>

#include <fmt/format.h>
#include <zlib.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"

namespace tapestry {

struct ByteStream::Source {
  explicit Source(const std::string& path) : file(path) {}

  OpenFile file;
  std::uint64_t taken = 0;                           // bytes of the file that zlib was given
  bool packed = false, begun = false, ended = false; // the last two: a gzip member
  z_stream zlib{};
  std::vector<unsigned char> block = std::vector<unsigned char>(1 << 16);

  ~Source() {
    if (packed) inflateEnd(&zlib);
  }
  // Bytes of the file that zlib has not seen yet; false if there are none.
  bool refill() {
    if (zlib.avail_in > 0) return true;
    const std::size_t n =
        file.read_some(taken, reinterpret_cast<char*>(block.data()), block.size());
    taken += n;
    zlib.next_in = block.data();
    zlib.avail_in = static_cast<uInt>(n);
    return zlib.avail_in > 0;
  }
};

ByteStream::ByteStream(const std::string& path)
    : path_(path), source_(std::make_unique<Source>(path)) {
  size_ = source_->file.size();
  char start[2] = {};
  source_->packed =
      source_->file.read_some(0, start, 2) == 2 && start[0] == '\x1f' && start[1] == '\x8b';
  constexpr int gzip = 16 + MAX_WBITS;
  if (source_->packed && inflateInit2(&source_->zlib, gzip) != Z_OK) throw std::bad_alloc();
}

ByteStream::~ByteStream() = default;

std::uint64_t ByteStream::most_left() const {
  return source_->packed ? 1032 * size_ : size_ - std::min(at_, size_);
}

std::size_t ByteStream::read(void* to, std::size_t n) {
  Source& s = *source_;
  if (!s.packed) {
    const std::size_t got = s.file.read_some(at_, static_cast<char*>(to), n);
    at_ += got;
    return got;
  }
  std::size_t done = 0;
  while (done < n) {
    const bool more = s.refill();
    if (s.ended) { // a file may hold several members, one after the other
      if (!more) break;
      inflateReset(&s.zlib);
      s.ended = false;
    }
    const std::size_t wanted = std::min<std::size_t>(n - done, 1 << 30);
    s.zlib.next_out = static_cast<unsigned char*>(to) + done;
    s.zlib.avail_out = static_cast<uInt>(wanted);
    const int result = inflate(&s.zlib, Z_NO_FLUSH);
    const std::size_t written = wanted - s.zlib.avail_out;
    done += written, at_ += written;
    s.ended = result == Z_STREAM_END;
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    if (result == Z_DATA_ERROR || result == Z_NEED_DICT)
      throw FormatError(path_, at_,
                        fmt::format("the gzip data is damaged{}{}", s.zlib.msg ? ": " : "",
                                    s.zlib.msg ? s.zlib.msg : ""));
    if (!more && written == 0 && !s.ended)
      throw FormatError(path_, at_, "the gzip data is cut off");
  }
  return done;
}

void ByteStream::read_all(void* to, std::size_t n, const char* what) {
  const std::size_t got = read(to, n);
  if (got < n)
    throw FormatError(path_, at_,
                      fmt::format("cut off; expected {} more bytes of {}", n - got, what));
}

void ByteStream::expect_end() {
  const std::uint64_t end = at_;
  char byte = 0;
  if (read(&byte, 1) > 0)
    throw FormatError(path_, end, "more bytes than expected; the data ends here");
}

} // namespace tapestry
