#include "text/subwords/segmenter.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

#include "text/subwords/learn_bpe_plain.hpp"
#include "text/subwords/word_counts.hpp"
#include "text/tokens/lines.hpp"

namespace tapestry {

namespace {

constexpr std::string_view end_of_word = "</w>";

bool is_strip(char c) { return c == ' ' || c == '\n' || c == '\r'; }

} // namespace

Segmenter::Segmenter(std::vector<SymbolMerge> merges, SegmenterOptions options)
    : merges_(std::move(merges)), options_(std::move(options)) {
  const auto id_of = [&](const std::string& symbol) {
    return symbols_.emplace(symbol, static_cast<int>(symbols_.size())).first->second;
  };
  for (std::size_t rank = 0; rank < merges_.size(); ++rank) {
    const auto& [left, right] = merges_[rank];
    const int result = id_of(left + right);
    ranks_.add(id_of(left), id_of(right), static_cast<std::uint32_t>(rank));
    ranked_.push_back({static_cast<std::uint32_t>(rank), result});
    parts_.emplace(left + right, rank);
  }
}

std::vector<std::string> Segmenter::merged(std::string_view word, const QueueOptions& queue) const {
  std::vector<int> ids;
  std::vector<std::size_t> begins;
  std::size_t at = 0;
  for (const std::string& symbol : symbols_of(word)) {
    const auto found = symbols_.find(symbol);
    ids.push_back(found == symbols_.end() ? -1 : found->second);
    begins.push_back(at);
    at += symbol.size();
  }
  begins.push_back(word.size());
  const auto lengths = merge_by_rank(
      ids,
      [&](int left, int right) {
        const std::uint32_t* rank = ranks_.find(left, right);
        return rank ? &ranked_[*rank] : nullptr;
      },
      queue);
  std::vector<std::string> subwords;
  std::size_t symbol = 0;
  for (const std::uint32_t length : lengths) {
    subwords.emplace_back(word.substr(begins[symbol], begins[symbol + length] - begins[symbol]));
    symbol += length;
  }
  if (options_.vocabulary.empty()) return subwords;
  std::vector<std::string> split;
  for (std::size_t i = 0; i < subwords.size(); ++i) {
    const bool last = i + 1 == subwords.size();
    if (known(subwords[i], last))
      split.push_back(subwords[i]);
    else
      split_unknown(subwords[i], last, split);
  }
  return split;
}

bool Segmenter::known(std::string_view subword, bool last) const {
  std::string written(subword);
  if (!last) written += options_.mark;
  return options_.vocabulary.contains(written);
}

//> split-unknown
void Segmenter::split_unknown(std::string_view subword, bool last,
                              std::vector<std::string>& into) const {
  std::string symbol(subword);
  if (last) symbol += end_of_word;
  const auto found = parts_.find(symbol);
  if (found == parts_.end()) return into.emplace_back(subword), void();
  const std::size_t left = merges_[found->second].left.size();
  for (const bool first : {true, false}) {
    const std::string_view part = first ? subword.substr(0, left) : subword.substr(left);
    const bool ends = last && !first;
    if (known(part, ends))
      into.emplace_back(part);
    else
      split_unknown(part, ends, into);
  }
}
//< split-unknown

std::vector<std::string> Segmenter::segment(std::string_view word) const {
  return merged(word, {.in_rounds = true});
}

std::vector<std::string> Segmenter::segment(std::string_view word, double dropout, Rng& rng) const {
  if (!(dropout >= 0 && dropout <= 1))
    throw std::invalid_argument(
        fmt::format("BPE-dropout of {}; expected a probability from 0 to 1", dropout));
  if (dropout == 0) return segment(word);
  return merged(word, {.drop = [&] { return rng.chance(dropout); }});
}

template <class Segment>
std::string Segmenter::each_word(std::string_view text, const Segment& segment) const {
  std::string result;
  std::size_t at = 0;
  while (at < text.size()) {
    // A line, with its end: spaces, then words, then spaces and the line's end.
    std::size_t end = at;
    while (end < text.size()) {
      const std::size_t bytes = line_end_at(text, end);
      end += std::max<std::size_t>(bytes, 1);
      if (bytes != 0) break;
    }
    const std::string_view line = text.substr(at, end - at);
    at = end;
    std::size_t begin = 0, stop = line.size();
    while (begin < stop && is_strip(line[begin])) ++begin;
    while (stop > begin && is_strip(line[stop - 1])) --stop;
    result += line.substr(0, begin);
    bool first = true;
    for (std::size_t word = begin; word < stop;) {
      const std::size_t word_end = std::min(line.find(' ', word), stop);
      if (word_end > word) {
        if (!first) result += ' ';
        first = false;
        segment(line.substr(word, word_end - word), result);
      }
      word = word_end + 1;
    }
    result += line.substr(stop);
  }
  return result;
}

namespace {

void write_subwords(const std::vector<std::string>& subwords, const std::string& mark,
                    std::string& into) {
  for (std::size_t i = 0; i < subwords.size(); ++i) {
    into += subwords[i];
    if (i + 1 < subwords.size()) into += mark + ' ';
  }
}

} // namespace

std::string Segmenter::segment_text(std::string_view text) const {
  std::unordered_map<std::string, std::string> written; // words come again and again
  constexpr std::size_t most_words = 1 << 18;
  return each_word(text, [&](std::string_view word, std::string& into) {
    if (written.size() >= most_words) written.clear();
    const auto [found, added] = written.try_emplace(std::string(word));
    if (added) write_subwords(segment(word), options_.mark, found->second);
    into += found->second;
  });
}

std::string Segmenter::segment_text(std::string_view text, double dropout, Rng& rng) const {
  return each_word(text, [&](std::string_view word, std::string& into) {
    write_subwords(segment(word, dropout, rng), options_.mark, into);
  });
}

std::string join_subwords(std::string_view text, std::string_view mark) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with(mark)) {
      const std::string_view after = rest.substr(mark.size());
      if (after.empty() || after[0] == '\n' || after[0] == '\r' || after[0] == ' ') {
        at += mark.size() + (after.starts_with(' ') ? 1 : 0);
        continue;
      }
    }
    result += text[at++];
  }
  return result;
}

std::string count_subwords(std::string_view segmented) {
  WordCounts counts;
  count_words(segmented, counts);
  std::vector<std::size_t> order(counts.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return counts.count(a) > counts.count(b); });
  std::string text;
  for (const std::size_t i : order) text += fmt::format("{} {}\n", counts.word(i), counts.count(i));
  return text;
}

std::unordered_set<std::string> read_subword_vocabulary(const std::string& path,
                                                        std::int64_t threshold) {
  std::unordered_set<std::string> vocabulary, seen;
  const std::vector<std::string> lines = read_lines(path);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    const std::size_t space = line.find(' ');
    std::int64_t count = -1;
    const char* end = line.data() + line.size();
    if (space != line.npos && space > 0) {
      const auto [stop, error] = std::from_chars(line.data() + space + 1, end, count);
      if (error != std::errc{} || stop != end) count = -1;
    }
    if (count < 0) line_error(path, i + 1, "expected a subword, a space and its count");
    const std::string word = line.substr(0, space);
    if (!seen.insert(word).second)
      line_error(path, i + 1, fmt::format("\"{}\" is there already", word));
    if (count >= threshold) vocabulary.insert(word);
  }
  return vocabulary;
}

} // namespace tapestry
