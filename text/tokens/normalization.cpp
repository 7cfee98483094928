#include "text/tokens/normalization.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <utf8proc.h>

#include "text/tokens/unicode.hpp"
#include "text/tokens/utf8.hpp"

namespace tapestry {

namespace {

constexpr std::array<const char*, 4> step_names{"nfc", "nfkc", "lower_case", "strip_accents"};

const utf8proc_property_t& property(char32_t c) {
  return *utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
}

utf8proc_option_t composing(Normalization step) {
  return static_cast<utf8proc_option_t>(
      UTF8PROC_STABLE | UTF8PROC_COMPOSE |
      (step == Normalization::nfkc ? static_cast<int>(UTF8PROC_COMPAT) : 0));
}

/// The first of the code points that `c` consists of.
char32_t first_part(char32_t c, utf8proc_option_t options) {
  if (property(c).decomp_seqindex == UINT16_MAX) return c;
  utf8proc_int32_t parts[32]; // the longest there is has 18
  int unused = 0;
  utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts, 32, options, &unused);
  return static_cast<char32_t>(parts[0]);
}

/// Whether `c` can be sorted or composed into what stands before it: marks can, and so can the
/// vowels and the last consonants of Korean syllables.
bool joins_before(char32_t c, utf8proc_option_t options) {
  constexpr char32_t first_mark = 0x300;
  if (c < first_mark) return false;
  const char32_t first = first_part(c, options);
  return property(first).combining_class != 0 || is_mark(first) ||
         (first >= 0x1160 && first <= 0x11FF);
}

/// Letters with their marks, composed; without the marks if those are to be stripped.
class Composer {
public:
  explicit Composer(Normalization step)
      : options_(composing(step)), strip_(step == Normalization::strip_accents) {}

  utf8proc_option_t options() const { return options_; }

  const std::string& operator()(std::string_view chunk) {
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(chunk.data());
    const auto size = static_cast<utf8proc_ssize_t>(chunk.size());
    const auto decompose = [&] {
      return utf8proc_decompose(bytes, size, points_.data(),
                                static_cast<utf8proc_ssize_t>(points_.size()), options_);
    };
    utf8proc_ssize_t n = decompose();
    if (n > static_cast<utf8proc_ssize_t>(points_.size())) {
      points_.resize(static_cast<std::size_t>(n));
      n = decompose();
    }
    if (strip_)
      n = std::remove_if(
              points_.begin(), points_.begin() + n,
              [](utf8proc_int32_t c) { return utf8proc_category(c) == UTF8PROC_CATEGORY_MN; }) -
          points_.begin();
    n = utf8proc_normalize_utf32(points_.data(), n, options_);
    composed_.clear();
    for (utf8proc_ssize_t i = 0; i < n; ++i) {
      utf8proc_uint8_t code[4];
      const utf8proc_ssize_t length =
          utf8proc_encode_char(points_[static_cast<std::size_t>(i)], code);
      composed_.append(reinterpret_cast<const char*>(code), static_cast<std::size_t>(length));
    }
    return composed_;
  }

private:
  utf8proc_option_t options_;
  bool strip_;
  std::vector<utf8proc_int32_t> points_ = std::vector<utf8proc_int32_t>(64);
  std::string composed_;
};

/// What cannot be composed with anything outside is composed alone, chunk after chunk.
AlignedText composed(const AlignedText& from, Normalization step) {
  constexpr std::string_view joiner = "\xCD\x8F"; // U+034F, which no mark is sorted across
  constexpr std::size_t most_marks = 30;
  const std::string_view text = from.text();
  AlignedText::Change change(from);
  Composer compose(step);
  const auto finish_chunk = [&](std::size_t begin, std::size_t end) {
    const std::string_view chunk = text.substr(begin, end - begin);
    const std::string& whole = compose(chunk);
    if (whole == chunk)
      change.keep(chunk.size());
    else
      change.replace(chunk.size(), whole);
  };
  const auto changes_alone = [](char32_t c) {
    return c >= 0x80 && property(c).decomp_seqindex != UINT16_MAX;
  };
  std::size_t kept = 0; // what is before this is done; what follows it up to `begin` stays as it is
  for (std::size_t begin = 0; begin < text.size();) {
    CodePoint c = code_point_at(text, begin);
    const bool alone = !changes_alone(c.value);
    bool one = true;
    std::size_t end = begin, marks = 0;
    bool full = false;
    do {
      const bool mark = property(c.value).combining_class != 0;
      full = mark && marks == most_marks;
      if (full) break;
      marks = mark ? marks + 1 : 0;
      one = end == begin;
      end += c.bytes;
      if (end == text.size()) break;
      c = code_point_at(text, end);
    } while (joins_before(c.value, compose.options()));
    const bool strips_mark = step == Normalization::strip_accents &&
                             joins_before(code_point_at(text, begin).value, compose.options());
    if (!one || !alone || strips_mark || full) {
      change.keep(begin - kept);
      finish_chunk(begin, end);
      if (full) change.replace(0, joiner);
      kept = end;
    }
    begin = end;
  }
  return change.finish();
}

AlignedText lower_case(const AlignedText& from) {
  const std::string_view text = from.text();
  AlignedText::Change change(from);
  std::string same; // lower-case text as long as what it comes from
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    at += c.bytes;
    if (c.value < 0x80) {
      same += static_cast<char>(c.value >= 'A' && c.value <= 'Z' ? c.value + ('a' - 'A') : c.value);
      continue;
    }
    const auto lower =
        static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c.value)));
    const std::string code = encode_utf8({&lower, 1});
    if (code.size() == c.bytes) {
      same += code;
      continue;
    }
    change.swap(same.size(), same);
    same.clear();
    change.replace(c.bytes, code);
  }
  change.swap(same.size(), same);
  return change.finish();
}

} // namespace

std::string to_string(Normalization step) { return step_names.at(static_cast<std::size_t>(step)); }

Normalization normalization_named(std::string_view name) {
  const auto found = std::find(step_names.begin(), step_names.end(), name);
  if (found == step_names.end())
    throw std::invalid_argument(
        fmt::format("normalization: \"{}\"; expected {}", name, fmt::join(step_names, ", ")));
  return static_cast<Normalization>(found - step_names.begin());
}

AlignedText normalized(const AlignedText& text, Normalization step) {
  return step == Normalization::lower_case ? lower_case(text) : composed(text, step);
}

AlignedText normalized(std::string_view original, std::span<const Normalization> steps,
                       BadBytes bad_bytes) {
  AlignedText text(original, bad_bytes);
  for (const Normalization step : steps) text = normalized(text, step);
  return text;
}

} // namespace tapestry
