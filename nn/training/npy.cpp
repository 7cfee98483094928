#include "nn/training/npy.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "nn/training/half.hpp"

static_assert(std::endian::native == std::endian::little, "the numbers are little-endian");

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

constexpr std::string_view npy_magic = "\x93NUMPY";
constexpr std::size_t longest_npy_header = 1 << 20, most_npy_axes = 32; // NumPy's own limit

std::size_t width_of(NpyType type) { return type == NpyType::f2 ? 2 : type == NpyType::f4 ? 4 : 8; }

const char* name_of(NpyType type) {
  return type == NpyType::f2 ? "<f2" : type == NpyType::f4 ? "<f4" : "<f8";
}

// What stands before the numbers, which begin at byte `begin`.
struct NpyHeader {
  NpyType type = NpyType::f4;
  Shape shape;
  std::size_t begin = 0;
};

// The dict: {'descr': '<f2', 'fortran_order': False, 'shape': (8091, 1280), }
class NpyDict {
public:
  NpyDict(const OpenFile& file, std::string_view text, std::size_t start)
      : file_(file), text_(text), start_(start) {}

  NpyHeader read() {
    NpyHeader header;
    header.begin = start_ + text_.size();
    bool descr = false, order = false, shape = false;
    expect('{');
    while (!next_is('}')) {
      const std::string key(quoted());
      expect(':');
      if (key == "descr" && !descr)
        header.type = type(), descr = true;
      else if (key == "fortran_order" && !order)
        c_order(), order = true;
      else if (key == "shape" && !shape)
        header.shape = sizes(), shape = true;
      else
        fail(fmt::format("\"{}\"; expected each of descr, fortran_order and shape once", key));
      if (!next_is('}')) expect(',');
    }
    expect('}');
    skip_spaces();
    if (at_ < text_.size()) fail("the header goes on; expected spaces after its }");
    if (!descr || !order || !shape) fail("the header lacks descr, fortran_order or shape");
    return header;
  }

private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw FormatError(file_.path(), start_ + at_, problem);
  }
  void skip_spaces() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool next_is(char c) {
    skip_spaces();
    return at_ < text_.size() && text_[at_] == c;
  }
  void expect(char c) {
    if (!next_is(c)) fail(fmt::format("no {} in the header; expected one here", c));
    ++at_;
  }
  std::string_view quoted() {
    const char quote = next_is('"') ? '"' : '\'';
    expect(quote);
    const std::size_t begin = at_, end = text_.find(quote, at_);
    if (end == text_.npos) fail("a quotation that does not end");
    at_ = end + 1;
    return text_.substr(begin, end - begin);
  }
  NpyType type() {
    if (next_is('[')) fail("an array of structures; expected one of '<f2', '<f4' or '<f8'");
    const std::size_t begin = at_;
    const std::string_view name = quoted();
    for (const NpyType type : {NpyType::f2, NpyType::f4, NpyType::f8})
      if (name == name_of(type)) return type;
    at_ = begin;
    fail(fmt::format("numbers '{}'; expected '<f2', '<f4' or '<f8' (little-endian floats)", name));
  }
  void c_order() {
    skip_spaces();
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("True")) fail("Fortran order; expected C order (numpy.ascontiguousarray)");
    if (!rest.starts_with("False")) fail("fortran_order is neither True nor False");
    at_ += 5;
  }
  Shape sizes() {
    std::vector<std::size_t> sizes;
    expect('(');
    while (!next_is(')')) {
      std::size_t size = 0;
      const auto [end, error] =
          std::from_chars(text_.data() + at_, text_.data() + text_.size(), size);
      if (error != std::errc()) fail("the shape has something that is no size of an axis");
      at_ = static_cast<std::size_t>(end - text_.data());
      sizes.push_back(size);
      if (sizes.size() > most_npy_axes)
        fail(fmt::format("more than {} axes; expected at most as many", most_npy_axes));
      if (next_is('L')) ++at_;                             // Python 2 wrote long integers so
      if (sizes.size() == 1 || !next_is(')')) expect(','); // (3,) is a tuple, (3) is a number
    }
    expect(')');
    return Shape(sizes.begin(), sizes.end());
  }

  const OpenFile& file_;
  std::string_view text_;
  std::size_t start_, at_ = 0;
};

// The numbers' bytes are all that follows the header.
void check_size(const OpenFile& file, const NpyHeader& header) {
  const std::optional<std::size_t> count = countable_size(header.shape);
  const std::uint64_t there = file.size() - header.begin;
  if (!count || *count > there / width_of(header.type))
    throw FormatError(file.path(), file.size(),
                      fmt::format("the file ends here, after {} bytes of numbers; expected {} "
                                  "numbers of {} bytes",
                                  there, to_string(header.shape), width_of(header.type)));
  const std::uint64_t expected = *count * width_of(header.type);
  if (there > expected)
    throw FormatError(
        file.path(), header.begin + expected,
        fmt::format("{} bytes after the last number; expected the file's end", there - expected));
}

NpyHeader read_header(const OpenFile& file) {
  std::string start(std::min<std::uint64_t>(12, file.size()), '\0');
  file.read_at(0, start.data(), start.size());
  if (!start.starts_with(npy_magic))
    throw FormatError(file.path(), 0, "no .npy file: it does not begin with \\x93NUMPY");
  const auto byte = [&](std::size_t i) {
    return std::size_t{static_cast<unsigned char>(start[i])};
  };
  const std::size_t version = start.size() > 6 ? byte(6) : 0;
  const std::size_t begin = version == 1 ? 10 : 12;
  if (start.size() < begin)
    throw FormatError(file.path(), start.size(), "the file ends here; expected a header");
  if (version < 1 || version > 3)
    throw FormatError(file.path(), 6, fmt::format("version {}; expected 1, 2 or 3", version));
  std::size_t length = byte(8) | byte(9) << 8;
  if (version > 1) length |= byte(10) << 16 | byte(11) << 24;
  if (length > file.size() - begin || length > longest_npy_header)
    throw FormatError(
        file.path(), 8,
        fmt::format("a header of {} bytes; expected at most {}", length,
                    std::min<std::uint64_t>(file.size() - begin, longest_npy_header)));
  std::string text(length, '\0');
  file.read_at(begin, text.data(), length);
  const NpyHeader header = NpyDict(file, text, begin).read();
  check_size(file, header);
  return header;
}

// n numbers from byte `at` on.
void read_numbers(const OpenFile& file, NpyType type, std::size_t at, std::size_t n, real* to) {
  const std::size_t width = width_of(type);
  if (width == sizeof(real)) return file.read_at(at, reinterpret_cast<char*>(to), n * width);
  char piece[1 << 14];
  const std::size_t most = sizeof piece / width;
  for (std::size_t i = 0; i < n; i += most) {
    const std::size_t here = std::min(most, n - i);
    file.read_at(at + i * width, piece, here * width);
    for (std::size_t k = 0; k < here; ++k) {
      std::uint64_t bits = 0;
      std::memcpy(&bits, piece + k * width, width);
      to[i + k] = static_cast<real>(
          type == NpyType::f2 ? static_cast<double>(half_to_float(static_cast<std::uint16_t>(bits)))
          : type == NpyType::f4
              ? static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)))
              : std::bit_cast<double>(bits));
    }
  }
}

} // namespace

Tensor read_npy(const std::string& path) {
  const OpenFile file(path);
  const NpyHeader header = read_header(file);
  Tensor x = Tensor::from_shape(header.shape);
  read_numbers(file, header.type, header.begin, x.size(), x.data());
  return x;
}

void write_npy(const std::string& path, const Tensor& x, NpyType type) {
  std::string sizes;
  for (const std::size_t n : x.shape()) sizes += fmt::format("{}, ", n);
  if (x.dimension() > 1) sizes.resize(sizes.size() - 2);
  if (x.dimension() == 1) sizes.resize(sizes.size() - 1);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                                   name_of(type), sizes);
  header.resize((10 + header.size()) / 64 * 64 + 63 - 10, ' '); // the numbers begin at 64, 128, ...
  header += '\n';
  std::string bytes(npy_magic);
  bytes += {1, 0, static_cast<char>(header.size() % 256), static_cast<char>(header.size() / 256)};
  bytes += header;
  const std::size_t width = width_of(type), begin = bytes.size();
  bytes.resize(begin + x.size() * width);
  char* to = bytes.data() + begin;
  for (const real value : x.storage()) {
    const auto single = static_cast<float>(value);
    const auto twice = static_cast<double>(value);
    const std::uint16_t half = float_to_half(single);
    const void* from = type == NpyType::f2   ? static_cast<const void*>(&half)
                       : type == NpyType::f4 ? static_cast<const void*>(&single)
                                             : static_cast<const void*>(&twice);
    std::memcpy(to, from, width);
    to += width;
  }
  write_file_atomically(path, bytes);
}

NpyRows::NpyRows(const std::string& path) : file_(path) {
  const NpyHeader header = read_header(file_);
  if (header.shape.empty())
    throw FormatError(file_.path(), 0, "an array without axes; expected rows");
  type_ = header.type;
  shape_ = header.shape;
  begin_ = header.begin;
  row_size_ = size_of(Shape(shape_.begin() + 1, shape_.end()));
}

void NpyRows::read_row(std::size_t i, real* to) const {
  if (i >= size())
    throw std::invalid_argument(
        fmt::format("{}: no row {}; expected one of {}", file_.path(), i, size()));
  read_numbers(file_, type_, begin_ + i * row_size_ * width_of(type_), row_size_, to);
}

Tensor NpyRows::row(std::size_t i) const {
  Tensor x = Tensor::from_shape(Shape(shape_.begin() + 1, shape_.end()));
  read_row(i, x.data());
  return x;
}

Tensor NpyRows::rows(const std::vector<std::size_t>& which) const {
  Shape shape = shape_;
  shape[0] = which.size();
  Tensor x = Tensor::from_shape(shape);
  for (std::size_t b = 0; b < which.size(); ++b) read_row(which[b], x.data() + b * row_size_);
  return x;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
