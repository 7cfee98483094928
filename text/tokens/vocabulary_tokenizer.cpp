#include "text/tokens/vocabulary_tokenizer.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/file.hpp"
#include "text/tokens/lines.hpp"
#include "text/tokens/word_tokenizer.hpp"

namespace tapestry {

namespace {

constexpr std::string_view format_line = "tapestry vocabulary tokenizer 1";
constexpr std::array<std::string_view, 3> keys{"split", "normalize", "bad_bytes"};

BadBytes bad_bytes_named(std::string_view name) {
  if (name != "replace" && name != "refuse")
    throw std::invalid_argument(fmt::format("bad_bytes: \"{}\"; expected replace, refuse", name));
  return name == "refuse" ? BadBytes::refuse : BadBytes::replace;
}

std::vector<Normalization> steps_named(std::string_view names) {
  std::vector<Normalization> steps;
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(' '), names.size());
    steps.push_back(normalization_named(names.substr(0, end)));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return steps;
}

} // namespace

VocabularyTokenizer::VocabularyTokenizer(Vocabulary vocabulary, TextOptions options)
    : vocabulary_(std::move(vocabulary)), options_(std::move(options)) {}

//> out-of-vocabulary
int VocabularyTokenizer::id_of(const std::string& piece) const {
  const int id = vocabulary_.id(piece);
  return id > Vocabulary::unk_id ? id : Vocabulary::unk_id;
}

Encoding VocabularyTokenizer::encode(std::string_view text) const {
  Encoding encoding;
  std::string word;
  for_each_piece(text, options_, [&](std::string_view piece, Span span) {
    word = piece;
    encoding.ids.push_back(id_of(word));
    encoding.spans.push_back(span);
  });
  return encoding;
}
//< out-of-vocabulary

void VocabularyTokenizer::encode_ids(std::string_view text, std::vector<int>& ids) const {
  const AlignedText now = normalized(text, options_.normalize, options_.bad_bytes);
  std::string word;
  for_each_piece(options_.split, now.text(), [&](std::string_view piece, Span) {
    word = piece;
    ids.push_back(id_of(word));
  });
}

std::string VocabularyTokenizer::decode(std::span<const int> ids) const {
  for (const int id : ids) vocabulary_.word(id); // throws for one that there is not
  std::vector<std::string> words = vocabulary_.decode(ids);
  if (options_.split == Split::treebank)
    for (std::string& word : words)
      if (word == "``" || word == "''") word = "\"";
  if (options_.split == Split::words || options_.split == Split::treebank) return join_words(words);
  return fmt::format("{}", fmt::join(words, options_.split == Split::characters ? "" : " "));
}

std::string VocabularyTokenizer::to_text() const {
  std::string steps;
  for (const Normalization step : options_.normalize) steps += ' ' + to_string(step);
  return fmt::format(
      "{}\nsplit {}\nnormalize{}\nbad_bytes {}\n{}", format_line, to_string(options_.split), steps,
      options_.bad_bytes == BadBytes::refuse ? "refuse" : "replace", vocabulary_.to_text());
}

VocabularyTokenizer VocabularyTokenizer::from_text(std::string_view text, const std::string& name) {
  const auto next_line = [&text] {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  };
  if (next_line() != format_line) line_error(name, 1, fmt::format("expected \"{}\"", format_line));
  TextOptions options;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    std::string_view line = next_line();
    if (!line.starts_with(keys[i])) line_error(name, i + 2, fmt::format("expected {}", keys[i]));
    line.remove_prefix(keys[i].size());
    if (line.starts_with(' ')) line.remove_prefix(1);
    try {
      if (i == 0) options.split = split_named(line);
      if (i == 1) options.normalize = steps_named(line);
      if (i == 2) options.bad_bytes = bad_bytes_named(line);
    } catch (const std::invalid_argument& error) {
      line_error(name, i + 2, error.what());
    }
  }
  return {Vocabulary::from_text(text, name, keys.size() + 2), std::move(options)};
}

void VocabularyTokenizer::save(const std::string& path) const {
  write_file_atomically(path, to_text());
}

VocabularyTokenizer VocabularyTokenizer::load(const std::string& path) {
  return from_text(read_file(path), path);
}

void PieceCounter::add(std::string_view text) {
  std::string word;
  for_each_piece(text, options_, [&](std::string_view piece, Span) {
    word = piece;
    ++counts_[word];
    ++pieces_;
  });
}

} // namespace tapestry
