#include "nn/training/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"

static_assert(std::endian::native == std::endian::little, "safetensors are little-endian");

namespace tapestry::inline TAPESTRY_PRECISION::nn {
namespace {

using nlohmann::json;

constexpr const char* own_dtype = sizeof(real) == 8 ? "F64" : "F32";

template <class T> T from_bytes(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// 1 sign bit, 5 of exponent, 10 of fraction; xtensor and xsimd have no half floats.
double half_to_double(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31, fraction = bits & 1023;
  const double sign = bits >> 15 ? -1 : 1;
  if (exponent == 31) return fraction ? std::nan("") : sign * HUGE_VAL;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

double number_at(const std::string& dtype, const char* at) {
  if (dtype == "F32") return static_cast<double>(from_bytes<float>(at));
  if (dtype == "F64") return from_bytes<double>(at);
  if (dtype == "F16") return half_to_double(from_bytes<std::uint16_t>(at));
  const auto high = static_cast<std::uint32_t>(from_bytes<std::uint16_t>(at)); // BF16
  return static_cast<double>(std::bit_cast<float>(high << 16));
}

std::size_t bytes_of(const std::string& dtype) {
  if (dtype == "F64") return 8;
  if (dtype == "F32") return 4;
  if (dtype == "F16" || dtype == "BF16") return 2;
  return 0;
}

// A line of the header. Its bytes lie at begin .. end-1 of the data.
struct Entry {
  std::string name, dtype;
  Shape shape;
  std::size_t begin, end;
};

// One file being read: where it is, for its errors.
struct Reader {
  const std::string& path;
  std::string bytes;
  std::size_t data; // where the tensors' bytes begin

  [[noreturn]] void fail(std::size_t offset, const std::string& problem) const {
    throw FormatError(path, offset, problem);
  }

  // What the header says of one tensor.
  Entry entry(const std::string& name, const json& text) const {
    Entry e{name, {}, {}, 0, 0};
    try {
      const auto number = [](const json& n) {
        return n.is_number_unsigned() ? n.get<std::size_t>() : throw std::invalid_argument("");
      };
      const json &shape = text.at("shape"), &offsets = text.at("data_offsets");
      if (!shape.is_array() || offsets.size() != 2) throw std::invalid_argument("");
      e.dtype = text.at("dtype").get<std::string>();
      for (const json& n : shape) e.shape.push_back(number(n));
      e.begin = number(offsets.at(0));
      e.end = number(offsets.at(1));
    } catch (const std::exception&) {
      fail(8, fmt::format("\"{}\" lacks a dtype, a shape or data_offsets", name));
    }
    const std::size_t width = bytes_of(e.dtype);
    if (width == 0)
      fail(8, fmt::format("\"{}\" is {}, expected F16, BF16, F32 or F64", name, e.dtype));
    if (e.end < e.begin || e.end > bytes.size() - data)
      fail(bytes.size(), fmt::format("the file ends here, but \"{}\" lies at bytes {} .. {}", name,
                                     data + e.begin, data + e.end));
    std::size_t size = width; // of all its axes that are not 0
    bool overflow = false, empty = false;
    for (std::size_t n : e.shape)
      if (n == 0)
        empty = true;
      else
        overflow = overflow || __builtin_mul_overflow(size, n, &size);
    if (overflow || e.end - e.begin != (empty ? 0 : size))
      fail(data + e.begin, fmt::format("\"{}\" has {} bytes, expected {} x {}", name,
                                       e.end - e.begin, to_string(e.shape), width));
    return e;
  }

  // Every byte of the data belongs to exactly one tensor.
  void check_places(std::vector<Entry>& entries) const {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::size_t end = 0;
    for (const Entry& e : entries) {
      if (e.begin != end)
        fail(data + e.begin, fmt::format("\"{}\" begins here, expected at byte {}, where the "
                                         "tensor before it ends",
                                         e.name, data + end));
      end = e.end;
    }
    if (end != bytes.size() - data)
      fail(data + end, fmt::format("{} bytes that belong to no tensor", bytes.size() - data - end));
  }

  Tensor tensor(const Entry& e) const {
    Tensor x = Tensor::from_shape(e.shape);
    const char* at = bytes.data() + data + e.begin;
    if (e.dtype == own_dtype)
      std::copy_n(at, e.end - e.begin, reinterpret_cast<char*>(x.data()));
    else
      for (std::size_t i = 0; i < x.size(); ++i)
        x.data()[i] = static_cast<real>(number_at(e.dtype, at + i * bytes_of(e.dtype)));
    return x;
  }
};

} // namespace

void save_safetensors(const std::string& path, const SafetensorsFile& file) {
  json header = json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  std::size_t end = 0;
  for (const auto& [name, x] : file.tensors) {
    const std::size_t begin = end;
    end += x.size() * sizeof(real);
    header[name] = {{"dtype", own_dtype},
                    {"shape", std::vector<std::size_t>(x.shape().begin(), x.shape().end())},
                    {"data_offsets", {begin, end}}};
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' '); // so that the data is aligned
  const std::uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), 8);
  bytes += text;
  for (const auto& [name, x] : file.tensors)
    bytes.append(reinterpret_cast<const char*>(x.data()), x.size() * sizeof(real));
  write_file_atomically(path, bytes);
}

SafetensorsFile load_safetensors(const std::string& path) {
  Reader in{path, read_file(path), 0};
  if (in.bytes.size() < 8)
    in.fail(in.bytes.size(), "the file ends here; expected a safetensors header");
  const auto length = from_bytes<std::uint64_t>(in.bytes.data());
  if (length > in.bytes.size() - 8)
    in.fail(0, fmt::format("a header of {} bytes in a file of {}; cut short, or not safetensors",
                           length, in.bytes.size()));
  in.data = 8 + length;
  const json header =
      json::parse(in.bytes.begin() + 8, in.bytes.begin() + static_cast<std::ptrdiff_t>(in.data),
                  nullptr, false);
  if (!header.is_object()) in.fail(8, "the header is not a JSON object");
  SafetensorsFile file;
  std::vector<Entry> entries;
  for (const auto& [name, text] : header.items()) {
    if (name != "__metadata__") {
      entries.push_back(in.entry(name, text));
      continue;
    }
    if (!text.is_object()) in.fail(8, "the metadata is not a JSON object");
    for (const auto& [key, value] : text.items()) {
      if (!value.is_string()) in.fail(8, fmt::format("metadata \"{}\" is not text", key));
      file.metadata[key] = value.get<std::string>();
    }
  }
  in.check_places(entries);
  for (const Entry& e : entries) file.tensors[e.name] = in.tensor(e);
  return file;
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
