#include "nn/training/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "nn/training/half.hpp"

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

double number_at(const std::string& dtype, const char* at) {
  if (dtype == "F32") return static_cast<double>(from_bytes<float>(at));
  if (dtype == "F64") return from_bytes<double>(at);
  if (dtype == "F16") return static_cast<double>(half_to_float(from_bytes<std::uint16_t>(at)));
  const auto high = static_cast<std::uint32_t>(from_bytes<std::uint16_t>(at)); // BF16
  return static_cast<double>(std::bit_cast<float>(high << 16));
}

// A U64 that is too large comes out negative.
std::int64_t integer_at(const std::string& dtype, const char* at) {
  if (dtype == "I8") return from_bytes<std::int8_t>(at);
  if (dtype == "I16") return from_bytes<std::int16_t>(at);
  if (dtype == "I32") return from_bytes<std::int32_t>(at);
  if (dtype == "U8" || dtype == "BOOL") return from_bytes<std::uint8_t>(at);
  if (dtype == "U16") return from_bytes<std::uint16_t>(at);
  if (dtype == "U32") return from_bytes<std::uint32_t>(at);
  return from_bytes<std::int64_t>(at);
}

bool is_float(const std::string& dtype) { return dtype[0] == 'F' || dtype == "BF16"; }

std::size_t bytes_of(const std::string& dtype) {
  static const std::map<std::string, std::size_t> all{
      {"F64", 8}, {"F32", 4}, {"F16", 2}, {"BF16", 2}, {"I64", 8}, {"I32", 4}, {"I16", 2},
      {"I8", 1},  {"U64", 8}, {"U32", 4}, {"U16", 2},  {"U8", 1},  {"BOOL", 1}};
  const auto found = all.find(dtype);
  return found == all.end() ? 0 : found->second;
}

// The checksum of the whole file, in which its own eight digits count as zeros. They stand in the
// header after these characters, which nothing else can contain: in a text, quotes are escaped.
const std::string checksum_key = R"("tapestry.crc32":")", no_checksum = "00000000";

std::string checksum(std::string_view before, std::string_view after) {
  const auto add = [](uLong sum, std::string_view bytes) {
    return crc32_z(sum, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  };
  return fmt::format("{:08x}", add(add(add(0, before), no_checksum), after));
}

constexpr std::size_t longest_header = 100'000'000; // the format's own limit

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
      fail(8, fmt::format("\"{}\" is {}, expected F16, BF16, F32, F64, a whole number or BOOL",
                          name, e.dtype));
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

  // The header, in which no object has a name twice: which of the two would be meant?
  json header() const {
    std::vector<std::set<std::string>> open; // the names so far, of every object we are in
    const auto look = [&](int, json::parse_event_t event, json& parsed) {
      if (event == json::parse_event_t::object_start) open.emplace_back();
      if (event == json::parse_event_t::object_end) open.pop_back();
      if (event == json::parse_event_t::key && !open.back().insert(parsed).second)
        fail(8, fmt::format("the header has \"{}\" twice", parsed.get<std::string>()));
      return true;
    };
    json parsed = json::parse(bytes.data() + 8, bytes.data() + data, look, false);
    if (!parsed.is_object()) fail(8, "the header is not a JSON object");
    return parsed;
  }

  std::map<std::string, std::string> metadata(const json& text) const {
    std::map<std::string, std::string> notes;
    if (!text.is_object()) fail(8, "the metadata is not a JSON object");
    for (const auto& [key, value] : text.items()) {
      if (!value.is_string()) fail(8, fmt::format("metadata \"{}\" is not text", key));
      notes[key] = value.get<std::string>();
    }
    return notes;
  }

  // Compares the checksum, if it is one of ours, and takes it out of the notes.
  void check(std::map<std::string, std::string>& notes) const {
    const auto note = notes.find("tapestry.crc32");
    const std::string_view all = bytes;
    const std::size_t at = all.substr(0, data).find(checksum_key);
    if (note == notes.end() || at == all.npos) return;
    const std::size_t begin = at + checksum_key.size(), end = begin + no_checksum.size();
    const std::string actual =
        checksum(all.substr(0, begin), all.substr(std::min(end, all.size())));
    if (note->second != actual)
      throw FormatError(fmt::format("{}: damaged: its checksum is {}, but its bytes give {}", path,
                                    note->second, actual));
    notes.erase(note);
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

  IntTensor integers(const Entry& e) const {
    const std::size_t width = bytes_of(e.dtype);
    IntTensor x{e.shape, {}};
    for (std::size_t at = data + e.begin; at < data + e.end; at += width) {
      x.values.push_back(integer_at(e.dtype, bytes.data() + at));
      if (e.dtype == "U64" && x.values.back() < 0)
        fail(at, fmt::format("\"{}\" holds a number above 2^63", e.name));
    }
    return x;
  }
};

// JSON is UTF-8; a name or a text that is not would end in an error without a path.
void check_utf8(const std::string& path, const std::string& what, const std::string& text) {
  try {
    static_cast<void>(json(text).dump());
  } catch (const json::type_error&) {
    throw FormatError(fmt::format("{}: cannot write: {} is not UTF-8", path, what));
  }
}

void check_names(const std::string& path, const SafetensorsFile& file) {
  const auto check = [&](const std::string& name) {
    check_utf8(path, "the name of a tensor", name);
    if (name == "__metadata__" || (file.tensors.contains(name) && file.integers.contains(name)))
      throw FormatError(
          fmt::format("{}: cannot write: \"{}\" is {}", path, name,
                      name == "__metadata__" ? "no name of a tensor" : "there twice"));
  };
  for (const auto& [name, x] : file.tensors) check(name);
  for (const auto& [name, x] : file.integers) {
    check(name);
    if (x.values.size() != size_of(x.shape))
      throw std::invalid_argument(
          fmt::format("save_safetensors: \"{}\" has {} numbers, expected {}", name, x.values.size(),
                      to_string(x.shape)));
  }
  for (const auto& [key, text] : file.metadata) {
    check_utf8(path, "the name of a note", key);
    check_utf8(path, fmt::format("the note \"{}\"", key), text);
  }
}

} // namespace

void save_safetensors(const std::string& path, const SafetensorsFile& file) {
  check_names(path, file);
  json header = json::object();
  header["__metadata__"] = file.metadata;
  header["__metadata__"]["tapestry.crc32"] = no_checksum;
  std::string data;
  const auto append = [&](const std::string& name, const char* dtype, const Shape& shape,
                          const void* values, std::size_t size) {
    const std::size_t begin = data.size();
    data.append(static_cast<const char*>(values), size);
    header[name] = {{"dtype", dtype},
                    {"shape", std::vector<std::size_t>(shape.begin(), shape.end())},
                    {"data_offsets", {begin, data.size()}}};
  };
  for (const auto& [name, x] : file.integers) // first, so that they are aligned
    append(name, "I64", x.shape, x.values.data(), x.values.size() * sizeof(std::int64_t));
  for (const auto& [name, x] : file.tensors)
    append(name, own_dtype, x.shape(), x.data(), x.size() * sizeof(real));

  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' '); // so that the data is aligned
  const std::uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), 8);
  bytes += text;
  const std::size_t at = bytes.find(checksum_key) + checksum_key.size();
  bytes += data;
  const std::string_view all = bytes;
  bytes.replace(at, no_checksum.size(),
                checksum(all.substr(0, at), all.substr(at + no_checksum.size())));
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
  if (length > longest_header)
    in.fail(0, fmt::format("a header of {} bytes; expected at most {}", length, longest_header));
  in.data = 8 + length;
  SafetensorsFile file;
  std::vector<Entry> entries;
  const json header = in.header();
  for (const auto& [name, text] : header.items())
    if (name == "__metadata__")
      file.metadata = in.metadata(text);
    else
      entries.push_back(in.entry(name, text));
  in.check_places(entries);
  in.check(file.metadata);
  for (const Entry& e : entries)
    if (is_float(e.dtype))
      file.tensors[e.name] = in.tensor(e);
    else
      file.integers[e.name] = in.integers(e);
  return file;
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
