#include "expect.hpp"

#include <string>
#include <unordered_map>
#include <vector>

#include "text/tokens/vocabulary.hpp"
#include "text/tokens/vocabulary_tokenizer.hpp"

using namespace tapestry;
using Counts = std::unordered_map<std::string, std::uint64_t>;

static void expect_words(const std::string& what, const Vocabulary& vocabulary,
                         const std::string& wanted) {
  std::string words;
  std::vector<double> first_bytes;
  for (int id = Vocabulary::unk_id + 1; id < static_cast<int>(vocabulary.size()); ++id) {
    words += (words.empty() ? "" : " ") + vocabulary.word(id);
    first_bytes.push_back(static_cast<unsigned char>(vocabulary.word(id)[0]));
  }
  expect(what, words == wanted,
         "the words after <unk> are \"" + words + "\", and should be \"" + wanted + "\"",
         first_bytes);
}

STEP("the most frequent first") {
  expect_words("b 7, a 2, c 5", Vocabulary::from_counts({{"b", 7}, {"a", 2}, {"c", 5}}), "b c a");
}

STEP("equally frequent ones by their bytes") {
  expect_words("five words, 3 each",
               Vocabulary::from_counts({{"ü", 3}, {"b", 3}, {"Z", 3}, {"ba", 3}, {"a", 3}}),
               "Z a b ba ü");
  expect_words("two and two", Vocabulary::from_counts({{"d", 2}, {"a", 1}, {"c", 2}, {"b", 1}}),
               "c d a b");
}

STEP("at least so often") {
  const Counts counts{{"a", 1}, {"b", 2}, {"c", 3}};
  expect_words("twice", Vocabulary::from_counts(counts, 2), "c b");
  expect_words("four times", Vocabulary::from_counts(counts, 4), "");
}

STEP("not more than there is room for") {
  const Counts counts{{"a", 1}, {"b", 2}, {"c", 3}};
  expect_words("2", Vocabulary::from_counts(counts, 1, 2), "c b");
  expect_words("3", Vocabulary::from_counts(counts, 1, 3), "c b a");
  expect_words("0", Vocabulary::from_counts(counts, 1, 0), "");
  expect_words("10", Vocabulary::from_counts(counts, 1, 10), "c b a");
}

STEP("special words in the text") {
  const Vocabulary words = Vocabulary::from_counts({{"<end>", 9}, {"<pad>", 8}, {"a", 1}}, 1, 1);
  expect_words("room for one word", words, "a");
  expect_equal("the id of <end>", words.id("<end>"), Vocabulary::end_id);
}

STEP("an empty word") {
  expect_error<std::invalid_argument>(
      "a word of no letters",
      [] {
        Vocabulary::from_counts({{"", 1}, {"a", 1}});
      },
      "empty word");
}

STEP("a use: a text") {
  PieceCounter counter;
  counter.add("the cow and the piano and the boat");
  expect_words("the words of a text", counter.tokenizer(2).vocabulary(), "the and");
}
