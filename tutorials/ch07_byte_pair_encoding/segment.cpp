// Subwords in use: words that were never seen, a story cut by more and more merges, dropout, and a
// vocabulary of two languages.
#include <cmath>
#include <string>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "../ch06_tokens/texts.hpp"
#include "autograd/random.hpp"
#include "keep.hpp"
#include "text/subwords/learn_bpe.hpp"
#include "text/subwords/learn_bpe_plain.hpp"
#include "text/subwords/subword_tokenizer.hpp"
#include "text/tokens/lines.hpp"
#include "text/tokens/splitter.hpp"

using namespace tapestry;

namespace {

std::string joined(const std::vector<std::string>& parts, const std::string& between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
  return text;
}

/// The words of every third of the story's lines, or of the others.
std::vector<std::string> words_of(std::size_t third, bool others) {
  const std::vector<std::string> lines = split_lines(story);
  std::vector<std::string> words;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if ((i * 3 / lines.size() == third) != others)
      for (const Piece& piece : split_words(lines[i])) words.push_back(piece.text);
  return words;
}

struct Measured {
  double per_word = 0, unknown = 0, words_unknown = 0, bytes_per_word = 0;
  std::size_t vocabulary = 0, merges = 0;
};

/// Learned on two thirds, used on the third.
//> measure
Measured measure(std::size_t third, std::size_t merges) {
  const std::vector<std::string> learning = words_of(third, true), use = words_of(third, false);
  WordCounts counts;
  for (const std::string& word : learning) counts.add(word);
  const std::vector<SymbolMerge> learned = learn_bpe(counts, merges);
  const Segmenter segmenter(learned);
  std::unordered_set<std::string> known, known_words(learning.begin(), learning.end());
  const auto each = [&](const std::string& word, const auto& with) {
    const std::vector<std::string> parts = segmenter.segment(word);
    for (std::size_t i = 0; i < parts.size(); ++i)
      with(i + 1 < parts.size() ? parts[i] + "@@" : parts[i]);
  };
  for (const std::string& word : learning)
    each(word, [&](const std::string& part) { known.insert(part); });
  Measured result;
  for (const std::string& word : use) {
    result.words_unknown += !known_words.contains(word);
    result.bytes_per_word += static_cast<double>(word.size());
    each(word, [&](const std::string& part) {
      ++result.per_word;
      result.unknown += !known.contains(part);
    });
  }
  const auto n = static_cast<double>(use.size());
  return {result.per_word / n,
          100 * result.unknown / result.per_word,
          100 * result.words_unknown / n,
          result.bytes_per_word / n,
          known.size(),
          learned.size()};
}
//< measure

std::string text_of(const Language& language) {
  std::string text;
  for (const std::string_view sentence : language.sentences) {
    for (const Piece& piece : split_words(sentence)) text += piece.text + ' ';
    text.back() = '\n';
  }
  return text;
}

} // namespace

int main() {
  nlohmann::json numbers;
  fmt::print("Ten merges, and words that they were not learned on\n");
  const Segmenter paper(
      learn_bpe_plain({{"low", 5}, {"lower", 2}, {"newest", 6}, {"widest", 3}}, 10));
  for (const char* word : {"lowest", "newer", "wider", "west", "zloty"})
    fmt::print("{:<8} {}\n", word, joined(paper.segment(word), "@@ "));

  fmt::print("\nThe story, learned on two thirds and used on the third\n{:>7}{:>12}{:>17}{:>13}\n",
             "merges", "vocabulary", "tokens per word", "unknown, %");
  std::string table = "merges\ttokens\tunknown\n";
  for (const std::size_t most : {0, 25, 50, 100, 200, 400, 100'000}) { // the last: all there are
    double per_word = 0, unknown = 0, words = 0, bytes = 0, vocabulary = 0, merges = 0;
    for (std::size_t third = 0; third < 3; ++third) {
      const Measured m = measure(third, most);
      merges += static_cast<double>(m.merges) / 3;
      per_word += m.per_word / 3, unknown += m.unknown / 3, words += m.words_unknown / 3;
      bytes += m.bytes_per_word / 3, vocabulary += static_cast<double>(m.vocabulary) / 3;
    }
    fmt::print("{:>7.0f}{:>12.0f}{:>17.2f}{:>13.2f}\n", merges, vocabulary, per_word, unknown);
    table += fmt::format("{:.0f}\t{:.3f}\t{:.3f}\n", merges, per_word, unknown);
    numbers["merges"][most > 400 ? "all" : std::to_string(most)] = {
        {"tokens", std::round(100 * per_word) / 100},
        {"vocabulary", std::round(vocabulary)},
        {"unknown", std::round(100 * unknown) / 100}};
    numbers["words_unknown"] = std::round(10 * words) / 10;
  }
  fmt::print("{:>7}{:>12}{:>17.2f}{:>13.1f}\n", "words", "", 1.0,
             numbers["words_unknown"].get<double>());
  keep("subwords.tsv", table);

  fmt::print("\nDropout: newest, drawn six times each\n");
  Rng rng(7);
  for (const double p : {0.0, 0.1, 0.3, 1.0}) {
    std::vector<std::string> draws;
    for (int i = 0; i < (p == 0 || p == 1 ? 1 : 6); ++i)
      draws.push_back(joined(paper.segment("newest", p, rng), "|"));
    fmt::print("{:.1f}  {}\n", p, joined(draws, "  "));
  }

  //> joint
  // One list of merges from both languages; then what each language really has, counted.
  const std::string english = text_of(languages[0]), german = text_of(languages[1]);
  WordCounts both;
  count_words(english, both);
  count_words(german, both);
  const std::vector<SymbolMerge> merges = learn_bpe(both, 60);
  const std::string cut = Segmenter(merges).segment_text(english);
  SegmenterOptions options;
  const auto frequent = [&](std::int64_t threshold) {
    WordCounts counts;
    count_words(cut, counts);
    for (std::size_t i = 0; i < counts.size(); ++i)
      if (counts.count(i) >= threshold) options.vocabulary.emplace(counts.word(i));
  };
  frequent(2);
  //< joint
  fmt::print("\nSixty merges of English and German, and English words\n{:<10}{:<18}{}\n", "",
             "all subwords", "those that English has twice");
  const Segmenter all(merges), some(merges, options);
  for (const char* word : {"ship", "house", "fish", "month", "best"})
    fmt::print("{:<10}{:<18}{}\n", word, joined(all.segment(word), "@@ "),
               joined(some.segment(word), "@@ "));
  keep("segment.json", numbers.dump(1));
}
