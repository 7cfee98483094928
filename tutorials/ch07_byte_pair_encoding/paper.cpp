// Algorithm 1 of Sennrich, Haddow and Birch (2016) on its example, step by step, and their
// figure 1.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "text/subwords/learn_bpe_plain.hpp"

using namespace tapestry;

namespace {

//> as-printed
// A word is text here, as in the paper: its symbols with spaces between, "l o w </w>".
using Dictionary = std::vector<std::pair<std::string, int>>;
using Pair = std::pair<std::string, std::string>;

std::vector<std::pair<Pair, int>> get_stats(const Dictionary& vocab) {
  std::vector<std::pair<Pair, int>> pairs; // in the order in which they are met
  for (const auto& [word, frequency] : vocab) {
    std::string left;
    for (std::size_t at = 0, end = 0; at < word.size(); at = end + 1) {
      end = std::min(word.find(' ', at), word.size());
      const std::string right = word.substr(at, end - at);
      if (!left.empty()) {
        const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const auto& entry) {
          return entry.first == Pair(left, right);
        });
        if (found == pairs.end())
          pairs.push_back({{left, right}, frequency});
        else
          found->second += frequency;
      }
      left = right;
    }
  }
  return pairs;
}

Dictionary merge_vocab(const Pair& pair, const Dictionary& before) {
  const std::string apart = " " + pair.first + " " + pair.second + " ",
                    joined = " " + pair.first + pair.second + " ";
  Dictionary after;
  for (const auto& [word, frequency] : before) {
    std::string text = " " + word + " "; // so that whole symbols are found, and no part of one
    for (std::size_t at = 0; (at = text.find(apart, at)) != text.npos; at += joined.size() - 1)
      text.replace(at, apart.size(), joined);
    after.emplace_back(text.substr(1, text.size() - 2), frequency);
  }
  return after;
}

std::vector<Pair> learn(Dictionary vocab, int num_merges) {
  std::vector<Pair> merges;
  for (int i = 0; i < num_merges; ++i) {
    const auto pairs = get_stats(vocab);
    const auto best =
        std::max_element(pairs.begin(), pairs.end(), // of several, the first that is met
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    if (best == pairs.end()) break;
    vocab = merge_vocab(best->first, vocab);
    merges.push_back(best->first);
  }
  return merges;
}
//< as-printed

std::string words_of(const Dictionary& vocab) {
  std::string text;
  for (const auto& [word, frequency] : vocab) text += (text.empty() ? "" : "   ") + word;
  return text;
}

std::size_t different_symbols(const Dictionary& vocab) {
  std::vector<std::string> symbols;
  for (const auto& [word, frequency] : vocab)
    for (std::size_t at = 0, end = 0; at < word.size(); at = end + 1) {
      end = std::min(word.find(' ', at), word.size());
      symbols.push_back(word.substr(at, end - at));
    }
  std::sort(symbols.begin(), symbols.end());
  return static_cast<std::size_t>(std::unique(symbols.begin(), symbols.end()) - symbols.begin());
}

} // namespace

int main() {
  const Dictionary dictionary{
      {"l o w </w>", 5}, {"l o w e r </w>", 2}, {"n e w e s t </w>", 6}, {"w i d e s t </w>", 3}};
  nlohmann::json numbers;

  fmt::print("The pairs at the beginning, and how often\n");
  auto first = get_stats(dictionary);
  std::stable_sort(first.begin(), first.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  for (std::size_t i = 0; i < first.size(); ++i)
    fmt::print("{:<10}{:>2}{}", first[i].first.first + " " + first[i].first.second, first[i].second,
               i % 4 == 3 || i + 1 == first.size() ? "\n" : "     ");
  numbers["pairs"] = first.size();
  numbers["most"] = first[0].second;
  numbers["symbols_before"] = different_symbols(dictionary);

  fmt::print("\nTen merges\n{:>2}  {:<12}{:>3}  {:>4}   {}\n", "", "merge", "n", "ties",
             "the words after it");
  Dictionary vocab = dictionary;
  for (int i = 1; i <= 10; ++i) {
    const auto pairs = get_stats(vocab);
    const auto best =
        std::max_element(pairs.begin(), pairs.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    const auto ties =
        std::count_if(pairs.begin(), pairs.end(),
                      [&](const auto& entry) { return entry.second == best->second; }) -
        1;
    vocab = merge_vocab(best->first, vocab);
    fmt::print("{:>2}  {:<12}{:>3}  {:>4}   {}\n", i, best->first.first + " " + best->first.second,
               best->second, ties, words_of(vocab));
  }
  numbers["symbols_after"] = different_symbols(vocab);

  fmt::print("\nThe same with the end inside the last symbol, of ties the greatest\n");
  std::string line;
  for (const SymbolMerge& merge :
       learn_bpe_plain({{"low", 5}, {"lower", 2}, {"newest", 6}, {"widest", 3}}, 10))
    line += (line.empty() ? "" : ", ") + merge.left + " " + merge.right;
  fmt::print("{}\n", line);

  fmt::print("\nFigure 1: four merges, learned on low, lowest, newer, wider\n");
  Dictionary words{{"l o w </w>", 1},
                   {"l o w e s t </w>", 1},
                   {"n e w e r </w>", 1},
                   {"w i d e r </w>", 1},
                   {"l o w e r </w>", 0}}; // not in the dictionary: it is only cut
  for (const Pair& pair : {Pair{"r", "</w>"}, Pair{"l", "o"}, Pair{"lo", "w"}, Pair{"e", "r</w>"}})
    words = merge_vocab(pair, words);
  fmt::print("{}\n", words_of(words));
  keep("paper.json", numbers.dump(1));
  return learn(dictionary, 10).size() == 10 ? 0 : 1;
}
