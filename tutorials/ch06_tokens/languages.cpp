// The same ten sentences in four languages: how long their words are, and how many are new.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "text/tokens/vocabulary_tokenizer.hpp"
#include "texts.hpp"

using namespace tapestry;

namespace {

std::string barred(const std::vector<Piece>& pieces) {
  std::string line;
  for (const Piece& piece : pieces) line += (line.empty() ? "" : " | ") + piece.text;
  return line;
}

//> leave-one-out
/// How many pieces of a sentence the other nine do not have, summed over the sentences.
std::size_t unknown(const Language& language, const TextOptions& options) {
  std::size_t sum = 0;
  for (std::size_t left_out = 0; left_out < language.sentences.size(); ++left_out) {
    PieceCounter counter(options);
    for (std::size_t i = 0; i < language.sentences.size(); ++i)
      if (i != left_out) counter.add(language.sentences[i]);
    const std::vector<int> ids = counter.tokenizer().encode(language.sentences[left_out]).ids;
    sum += static_cast<std::size_t>(std::count(ids.begin(), ids.end(), Vocabulary::unk_id));
  }
  return sum;
}
//< leave-one-out

} // namespace

int main() {
  fmt::print("Words of the lecture\n");
  for (const std::string_view text : {"five hundred and fifty-five", "fünfhundertfünfundfünfzig",
                                      "evlerinizden", "明日は明るい。", "ナアのTシャツ"})
    fmt::print("{}\n  words: {}\n  {} characters, {} bytes\n", text, barred(split_words(text)),
               split_characters(text).size(), text.size());

  fmt::print("\nTen sentences, unknown if the other nine do not have it\n");
  fmt::print("{:<10} {:>6} {:>8} {:>8} {:>8}   {:>6} {:>8}\n", "", "words", "longest", "unknown",
             "share", "chars", "unknown");
  nlohmann::json numbers;
  const TextOptions words{.split = Split::words, .normalize = {Normalization::lower_case}};
  const TextOptions characters{.split = Split::characters,
                               .normalize = {Normalization::lower_case}};
  for (const Language& language : languages) {
    std::size_t count = 0, longest = 0, characters_count = 0;
    for (const std::string_view sentence : language.sentences) {
      for (const Piece& piece : split_pieces(sentence, words)) {
        ++count;
        longest = std::max(longest, split_characters(piece.text).size());
      }
      characters_count += split_characters(sentence).size();
    }
    const std::size_t new_words = unknown(language, words),
                      new_characters = unknown(language, characters);
    const double share = 100.0 * static_cast<double>(new_words) / static_cast<double>(count);
    fmt::print("{:<10} {:>6} {:>8} {:>8} {:>6.0f} %   {:>6} {:>8}\n", language.name, count, longest,
               new_words, share, characters_count, new_characters);
    numbers[std::string(language.name)] = {
        {"words", count}, {"unknown", new_words}, {"share", std::round(100 * share) / 100}};
  }
  keep("languages.json", numbers.dump(1));
}
