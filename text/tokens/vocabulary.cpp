#include "text/tokens/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/file.hpp"
#include "text/tokens/lines.hpp"

namespace tapestry {

namespace {

constexpr std::array<const char*, 4> special_words{"<pad>", "<start>", "<end>", "<unk>"};

std::string escaped(const std::string& word) {
  std::string result;
  for (const char c : word) {
    if (c == '\\')
      result += "\\\\";
    else if (c == '\n')
      result += "\\n";
    else if (c == '\r')
      result += "\\r";
    else
      result += c;
  }
  return result;
}

std::string unescaped(const std::string& text, const std::string& name, std::size_t line) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      result += text[i];
      continue;
    }
    const char next = ++i < text.size() ? text[i] : ' ';
    if (next != '\\' && next != 'n' && next != 'r')
      line_error(name, line, "expected \\\\, \\n or \\r after a backslash");
    result += next == 'n' ? '\n' : next == 'r' ? '\r' : '\\';
  }
  return result;
}

} // namespace

Vocabulary::Vocabulary() {
  for (const char* word : special_words) add(word);
}

Vocabulary::Vocabulary(std::span<const std::vector<std::string>> sentences, int min_count) {
  std::unordered_map<std::string, std::uint64_t> counts;
  for (const auto& sentence : sentences)
    for (const std::string& word : sentence) ++counts[word];
  *this = from_counts(counts, static_cast<std::uint64_t>(std::max(min_count, 0)));
}

//> most-frequent-words
Vocabulary Vocabulary::from_counts(const std::unordered_map<std::string, std::uint64_t>& counts,
                                   std::uint64_t min_count, std::size_t max_words) {
  if (counts.contains(""))
    throw std::invalid_argument("vocabulary: a sentence holds an empty word");
  Vocabulary vocabulary;
  std::vector<std::pair<std::string, std::uint64_t>> kept;
  for (const auto& [word, count] : counts) // a special word in a text keeps its own id
    if (count >= min_count && !vocabulary.contains(word)) kept.emplace_back(word, count);
  std::sort(kept.begin(), kept.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  kept.resize(std::min(kept.size(), max_words));
  for (const auto& entry : kept) vocabulary.add(entry.first);
  return vocabulary;
}
//< most-frequent-words

bool Vocabulary::add(const std::string& word) {
  if (!ids_.emplace(word, static_cast<int>(words_.size())).second) return false;
  words_.push_back(word);
  return true;
}

int Vocabulary::id(const std::string& word) const {
  const auto found = ids_.find(word);
  return found == ids_.end() ? unk_id : found->second;
}

const std::string& Vocabulary::word(int id) const {
  if (id < 0 || static_cast<std::size_t>(id) >= size())
    throw std::out_of_range(
        fmt::format("vocabulary: no word has id {}; it has {} words", id, size()));
  return words_[static_cast<std::size_t>(id)];
}

std::vector<int> Vocabulary::encode(std::span<const std::string> words) const {
  std::vector<int> ids;
  ids.reserve(words.size());
  for (const std::string& word : words) ids.push_back(id(word));
  return ids;
}

std::vector<std::string> Vocabulary::decode(std::span<const int> ids) const {
  std::vector<std::string> words;
  for (const int id : ids) {
    if (id == end_id) break;
    if (id != pad_id && id != start_id) words.push_back(word(id));
  }
  return words;
}

std::string Vocabulary::to_text() const {
  std::string text;
  for (const std::string& word : words_) text += escaped(word) + '\n';
  return text;
}

Vocabulary Vocabulary::from_lines(std::span<const std::string> lines, const std::string& name,
                                  std::size_t first_line) {
  for (std::size_t i = 0; i < special_words.size(); ++i)
    if (i >= lines.size() || lines[i] != special_words[i])
      line_error(name, i + first_line, fmt::format("expected {}", special_words[i]));
  Vocabulary vocabulary;
  for (std::size_t i = special_words.size(); i < lines.size(); ++i) {
    if (lines[i].empty()) line_error(name, i + first_line, "expected a word");
    if (!vocabulary.add(unescaped(lines[i], name, i + first_line)))
      line_error(name, i + first_line, fmt::format("\"{}\" is there already", lines[i]));
  }
  return vocabulary;
}

Vocabulary Vocabulary::from_text(std::string_view text, const std::string& name,
                                 std::size_t first_line) {
  return from_lines(split_lines(text), name, first_line);
}

Vocabulary Vocabulary::load(const std::string& path) {
  const std::string text = read_file(path); // a word may hold any byte
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  return from_text(
      std::string_view(text).substr(text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0),
      path);
}

void Vocabulary::save(const std::string& path) const { write_file_atomically(path, to_text()); }

} // namespace tapestry
