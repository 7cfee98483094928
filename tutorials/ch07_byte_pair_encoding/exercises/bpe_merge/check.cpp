#include "expect.hpp"

#include <map>
#include <string>
#include <vector>

#include "text/subwords/learn_bpe_plain.hpp"

using namespace tapestry;
using Vocabulary = std::map<Symbols, std::int64_t>;

namespace {

std::string text_of(const Symbols& word) {
  std::string text;
  for (const std::string& symbol : word) text += (text.empty() ? "" : " ") + symbol;
  return text;
}

void expect_count(const Vocabulary& vocabulary, const std::string& left, const std::string& right,
                  double wanted) {
  const auto pairs = count_pairs(vocabulary);
  const auto found = pairs.find({left, right});
  expect_equal("the count of " + left + " " + right,
               found == pairs.end() ? 0.0 : static_cast<double>(found->second), wanted);
}

void expect_word(const std::string& what, const Symbols& got, const Symbols& wanted) {
  std::vector<double> lengths;
  for (const std::string& symbol : got) lengths.push_back(static_cast<double>(symbol.size()));
  expect(what, got == wanted,
         "it is \"" + text_of(got) + "\", and should be \"" + text_of(wanted) + "\"", lengths);
}

} // namespace

STEP("the pairs of one word") {
  const Vocabulary vocabulary{{{"c", "o", "d", "a</w>"}, 1}};
  expect_count(vocabulary, "c", "o", 1);
  expect_count(vocabulary, "o", "d", 1);
  expect_count(vocabulary, "d", "a</w>", 1);
  expect_equal("how many pairs", static_cast<double>(count_pairs(vocabulary).size()), 3);
}

STEP("words that come more than once") {
  const Vocabulary vocabulary{{{"b", "a", "r"}, 7}, {{"b", "a", "r", "n"}, 2}, {{"a", "b"}, 4}};
  expect_count(vocabulary, "b", "a", 9);
  expect_count(vocabulary, "r", "n", 2);
  expect_count(vocabulary, "a", "b", 4);
  expect_equal("how many pairs", static_cast<double>(count_pairs(vocabulary).size()), 4);
}

STEP("a pair twice in a word") {
  expect_count({{{"n", "a", "n", "a", "s"}, 3}}, "n", "a", 6);
  expect_count({{{"a", "a", "a"}, 5}}, "a", "a", 10);
}

STEP("words without a pair") {
  expect_equal("of one symbol", static_cast<double>(count_pairs({{{"a"}, 3}}).size()), 0);
  expect_equal("of none", static_cast<double>(count_pairs({{{}, 3}}).size()), 0);
}

STEP("one merge") {
  expect_word("t i n", merge_pair({"t", "i", "n"}, "t", "i"), {"ti", "n"});
  expect_word("s t i n", merge_pair({"s", "t", "i", "n"}, "i", "n"), {"s", "t", "in"});
  expect_word("s t i n, the other order", merge_pair({"s", "t", "i", "n"}, "n", "i"),
              {"s", "t", "i", "n"});
  expect_word("i o i n", merge_pair({"i", "o", "i", "n"}, "i", "n"), {"i", "o", "in"});
  expect_word("o n i n", merge_pair({"o", "n", "i", "n"}, "i", "n"), {"o", "n", "in"});
}

STEP("several merges in a word") {
  expect_word("n a n a s", merge_pair({"n", "a", "n", "a", "s"}, "n", "a"), {"na", "na", "s"});
  expect_word("a a a", merge_pair({"a", "a", "a"}, "a", "a"), {"aa", "a"});
  expect_word("a a a a", merge_pair({"a", "a", "a", "a"}, "a", "a"), {"aa", "aa"});
}

STEP("symbols of several letters") {
  expect_word("in g in g", merge_pair({"in", "g", "in", "g"}, "in", "g"), {"ing", "ing"});
  expect_word("t in go, merged n g", merge_pair({"t", "in", "go"}, "n", "g"), {"t", "in", "go"});
  expect_word("tin g o, merged in g", merge_pair({"tin", "g", "o"}, "in", "g"), {"tin", "g", "o"});
  expect_word("i ngo, merged i n", merge_pair({"i", "ngo"}, "i", "n"), {"i", "ngo"});
}

STEP("the end of a word") {
  expect_word("no symbols", merge_pair({}, "a", "b"), {});
  Symbols word{"x", "a", "b"};
  word.pop_back();
  expect_word("a word that ends with the left one", merge_pair(word, "a", "b"), {"x", "a"});
  expect_word("one symbol", merge_pair({"b"}, "a", "b"), {"b"});
}

STEP("a use: four merges of the story's words") {
  const auto learned = learn_bpe_plain({{"cow", 4}, {"cows", 3}, {"crow", 2}, {"row", 9}}, 4);
  std::string text;
  for (const SymbolMerge& merge : learned) text += merge.left + "+" + merge.right + " ";
  expect("the merges", text == "o+w</w> r+ow</w> c+ow</w> w+s</w> ", "they are \"" + text + "\"");
}
