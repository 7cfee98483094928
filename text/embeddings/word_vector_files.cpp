#include "text/embeddings/word_vector_files.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <unordered_set>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "text/embeddings/pieces.hpp"
#include "text/tokens/lines.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

static_assert(std::endian::native == std::endian::little, "the files' order of bytes");

namespace {

constexpr std::size_t most_line = 1 << 20, most_word = 10'000, most_dim = 100'000;

struct TableSizes {
  std::uint64_t words, dim;
};

// Two whole numbers, as in a first line "71291 100".
std::optional<TableSizes> sizes_of(std::string_view line) {
  TableSizes sizes{};
  const char* const end = line.data() + line.size();
  auto [at, error] = std::from_chars(line.data(), end, sizes.words);
  if (error != std::errc{} || at == end || *at != ' ') return std::nullopt;
  auto [last, second] = std::from_chars(at + 1, end, sizes.dim);
  if (second != std::errc{} || trimmed({last, end}).size() > 0) return std::nullopt;
  return sizes;
}

std::optional<float> number_of(std::string_view field) {
  float value = 0;
  const auto [at, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error == std::errc::result_out_of_range) { // 1e-99 is 0 as a float, 1e99 is none
    double wide = 0;
    const auto [end, wrong] = std::from_chars(field.data(), field.data() + field.size(), wide);
    if (wrong != std::errc{} || end != field.data() + field.size() || std::abs(wide) > 1)
      return std::nullopt;
    return static_cast<float>(wide);
  }
  if (error != std::errc{} || at != field.data() + field.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

// Collects words and numbers, and sees doubled words at the line or byte where they stand.
struct Collected {
  std::vector<std::string> words;
  std::vector<real> numbers;
  std::unordered_set<std::string> seen;

  bool add(const std::string& word) {
    if (!seen.insert(word).second) return false;
    words.push_back(word);
    return true;
  }
  WordVectors finish(std::size_t dim) && {
    Tensor vectors = Tensor::from_shape({words.size(), dim});
    std::copy(numbers.begin(), numbers.end(), vectors.begin());
    return {std::move(words), std::move(vectors)};
  }
};

std::string_view without_end(std::string_view line) {
  while (line.ends_with(' ') || line.ends_with('\r') || line.ends_with('\t')) line.remove_suffix(1);
  return line;
}

WordVectors read_text(ByteReader& file, bool has_sizes) {
  Collected all;
  std::string line;
  std::size_t number = 0, dim = 0;
  std::optional<TableSizes> sizes;
  std::vector<std::string_view> fields;
  while (file.until('\n', most_line, "a line", line)) {
    ++number;
    if (has_sizes && number == 1) {
      sizes = sizes_of(line);
      if (!sizes || sizes->dim < 1 || sizes->dim > most_dim)
        line_error(file.path(), 1,
                   "expected the numbers of words and of dimensions, as in \"71291 100\"");
      dim = static_cast<std::size_t>(sizes->dim);
      continue;
    }
    // Fields from the end: what is before the last `dim` is the word.
    std::string_view left = without_end(line);
    if (left.empty()) line_error(file.path(), number, "expected a word and its numbers");
    if (dim == 0) {
      dim = static_cast<std::size_t>(std::count(left.begin(), left.end(), ' '));
      if (dim < 1 || dim > most_dim)
        line_error(file.path(), number,
                   fmt::format("expected a word and its numbers, with spaces between them; found "
                               "{} numbers",
                               dim));
    }
    const std::size_t begin = all.numbers.size();
    for (std::size_t j = 0; j < dim; ++j) {
      const std::size_t space = left.rfind(' ');
      if (space == left.npos)
        line_error(file.path(), number, fmt::format("{} numbers, expected {}", j, dim));
      const std::string_view field = left.substr(space + 1);
      const auto value = number_of(field);
      if (!value)
        line_error(file.path(), number,
                   fmt::format("\"{}\" is not a finite number", field.substr(0, 40)));
      all.numbers.push_back(static_cast<real>(*value));
      left = left.substr(0, space);
    }
    std::reverse(all.numbers.begin() + static_cast<std::ptrdiff_t>(begin), all.numbers.end());
    if (left.empty() || left.size() > most_word)
      line_error(file.path(), number,
                 fmt::format("a word of {} bytes, expected 1 to {}", left.size(), most_word));
    if (has_sizes && left.find(' ') != left.npos)
      line_error(file.path(), number, fmt::format("more than {} numbers", dim));
    if (!all.add(std::string(left)))
      line_error(file.path(), number, fmt::format("\"{}\" is there already", left));
  }
  if (number == 0) throw FormatError(file.path() + ": is empty; expected word vectors");
  if (sizes && all.words.size() != sizes->words)
    line_error(file.path(), 1,
               fmt::format("says {} words, and {} follow", sizes->words, all.words.size()));
  return std::move(all).finish(dim);
}

WordVectors read_binary(ByteReader& file) {
  Collected all;
  std::string bytes;
  file.until('\n', 100, "a first line", bytes);
  const auto sizes = sizes_of(bytes);
  if (!sizes || sizes->dim < 1 || sizes->dim > most_dim)
    throw FormatError(file.path(), 0,
                      "expected the numbers of words and of dimensions, as in \"71291 100\"");
  const std::size_t dim = static_cast<std::size_t>(sizes->dim);
  const std::uint64_t room = file.size() / (4 * sizes->dim + 2);
  if (sizes->words > room)
    throw FormatError(
        file.path(), 0,
        fmt::format("says {} words, but the file has room for {}", sizes->words, room));
  std::vector<float> row(dim);
  all.numbers.reserve(static_cast<std::size_t>(sizes->words) * dim);
  for (std::uint64_t i = 0; i < sizes->words; ++i) {
    std::uint64_t at = file.offset();
    if (file.peek() == '\n') file.exactly(1, bytes), ++at;
    std::string word;
    file.until(' ', most_word, "a word", word);
    if (word.empty()) throw FormatError(file.path(), at, "expected a word");
    file.exactly(4 * dim, bytes);
    std::memcpy(row.data(), bytes.data(), bytes.size());
    for (std::size_t j = 0; j < dim; ++j) {
      if (!std::isfinite(row[j]))
        throw FormatError(file.path(), file.offset() - 4 * (dim - j), "expected a finite number");
      all.numbers.push_back(static_cast<real>(row[j]));
    }
    if (!all.add(word))
      throw FormatError(file.path(), at, fmt::format("\"{}\" is there already", word));
  }
  while (file.peek() == '\n') file.exactly(1, bytes);
  if (file.peek() >= 0)
    throw FormatError(file.path(), file.offset(),
                      fmt::format("expected the end after {} words", sizes->words));
  return std::move(all).finish(dim);
}

// Text has no bytes of these values; of the numbers of a binary file, almost every one has some.
bool is_binary(std::string_view beginning) {
  const std::size_t line = beginning.find('\n');
  if (line == beginning.npos || !sizes_of(beginning.substr(0, line))) return false;
  std::string_view next = beginning.substr(line + 1);
  const std::size_t space = next.find(' ');
  if (space == next.npos) return false;
  next = next.substr(space + 1);
  next = next.substr(0, next.find('\n'));
  return next.find_first_not_of("0123456789+-.eE \r\t") != next.npos;
}

} // namespace

WordVectors read_word_vectors(const std::string& path, WordVectorFormat format) {
  ByteReader file(path);
  if (format == WordVectorFormat::word2vec_binary) return read_binary(file);
  return read_text(file, format == WordVectorFormat::word2vec_text);
}

WordVectors read_word_vectors(const std::string& path) {
  const std::string beginning = read_beginning(path, 1 << 16);
  const std::string_view first = std::string_view(beginning).substr(0, beginning.find('\n'));
  if (!sizes_of(first)) return read_word_vectors(path, WordVectorFormat::glove);
  return read_word_vectors(path, is_binary(beginning) ? WordVectorFormat::word2vec_binary
                                                      : WordVectorFormat::word2vec_text);
}

void write_word_vectors(const std::string& path, const WordVectors& vectors,
                        WordVectorFormat format) {
  const std::size_t dim = vectors.dim();
  std::string text;
  if (format != WordVectorFormat::glove) text = fmt::format("{} {}\n", vectors.size(), dim);
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    const std::string& word = vectors.words()[i];
    if (word.find_first_of(" \n\r") != word.npos)
      throw std::invalid_argument(fmt::format(
          "write_word_vectors: \"{}\" has a space or a line end in it", one_line(word)));
    text += word;
    const real* const row = vectors.vectors().data() + i * dim;
    if (format == WordVectorFormat::word2vec_binary) {
      text += ' ';
      for (std::size_t j = 0; j < dim; ++j) {
        const float value = static_cast<float>(row[j]);
        text.append(reinterpret_cast<const char*>(&value), sizeof value);
      }
    } else
      for (std::size_t j = 0; j < dim; ++j)
        fmt::format_to(std::back_inserter(text), " {}", static_cast<float>(row[j]));
    text += '\n';
  }
  write_file_atomically(path, text);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
