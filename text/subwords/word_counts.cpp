#include "text/subwords/word_counts.hpp"

#include <functional>

#include "autograd/base/parallel.hpp"

namespace tapestry {

void WordCounts::grow() {
  slots_.assign(2 * slots_.size(), 0);
  for (std::size_t i = 0; i < words_.size(); ++i) {
    std::size_t slot = std::hash<std::string_view>{}(word(i)) & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = static_cast<std::uint32_t>(i) + 1;
  }
}

void WordCounts::add(std::string_view word, std::int64_t n) {
  std::size_t slot = std::hash<std::string_view>{}(word) & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1))
    if (const std::size_t i = slots_[slot] - 1; this->word(i) == word) {
      words_[i].count += n;
      return;
    }
  words_.push_back({bytes_.size(), word.size(), n});
  bytes_.append(word);
  slots_[slot] = static_cast<std::uint32_t>(words_.size());
  if (2 * words_.size() > slots_.size()) grow();
}

void WordCounts::add(const WordCounts& other) {
  for (std::size_t i = 0; i < other.size(); ++i) add(other.word(i), other.count(i));
}

std::size_t line_end_at(std::string_view text, std::size_t at) {
  const char c = text[at];
  if (c == '\r') return text.substr(at).starts_with("\r\n") ? 2 : 1;
  if ((c >= '\n' && c <= '\f') || (c >= '\x1c' && c <= '\x1e')) return 1;
  const std::string_view rest = text.substr(at, 3);
  if (rest == "\u2028" || rest == "\u2029") return 3;
  return rest.starts_with("\u0085") ? 2 : 0;
}

namespace {

void count_run(std::string_view text, WordCounts& counts) {
  const auto put = [&](std::size_t begin, std::size_t end) {
    if (end > begin) counts.add(text.substr(begin, end - begin));
  };
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto c = static_cast<unsigned char>(text[at]);
    if (c == ' ' || c == '\n' || c == '\r') {
      put(begin, at);
      begin = ++at;
    } else if (c > ' ' && c != 0xC2 && c != 0xE2) { // no line end begins with these
      ++at;
    } else if (const std::size_t bytes = line_end_at(text, at)) {
      put(begin, at + bytes);
      begin = at += bytes;
    } else {
      ++at;
    }
  }
  put(begin, text.size());
}

/// Counts the parts of a text side by side: cut(at, stop) is a good place for a cut from `at` to
/// before `stop`, or at `stop` or later if there is none.
template <class Cut, class Count>
void count_parts(std::string_view text, WordCounts& counts, const Cut& cut, const Count& count) {
  constexpr std::size_t enough = 1 << 17;
  const std::size_t parts = text.size() < 2 * enough ? 1 : parts_of(text.size(), enough);
  if (parts == 1) return count(text, counts);
  std::vector<std::size_t> cuts(parts + 1, text.size());
  cuts[0] = 0;
  for (std::size_t p = 1; p < parts; ++p) {
    const std::size_t stop = text.size() * (p + 1) / parts;
    const std::size_t place = cut(text.size() * p / parts, stop);
    cuts[p] = place < stop ? place : cuts[p - 1];
  }
  std::vector<WordCounts> found(parts);
  parallel_parts(
      parts, [&](std::size_t p) { count(text.substr(cuts[p], cuts[p + 1] - cuts[p]), found[p]); });
  for (const WordCounts& part : found) counts.add(part);
}

} // namespace

void count_words(std::string_view text, WordCounts& counts) {
  count_parts(
      text, counts,
      [&](std::size_t at, std::size_t stop) {
        return text.substr(0, stop).find_first_of(" \n\r", at);
      },
      count_run);
}

void count_pieces(std::string_view text, PiecePattern pattern, WordCounts& counts) {
  count_parts(
      text, counts, [&](std::size_t at, std::size_t stop) { return safe_cut(text, at, stop); },
      [pattern](std::string_view part, WordCounts& into) {
        for (std::size_t at = 0, end = 0; at < part.size(); at = end) {
          end = piece_end(pattern, part, at);
          into.add(part.substr(at, end - at));
        }
      });
}

} // namespace tapestry
