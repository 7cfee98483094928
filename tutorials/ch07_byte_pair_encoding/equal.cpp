// The fast trainer and the fast encoder beside the plain ones, on random and on hostile text; and
// beside them an encoder that takes the longest token from the left.
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/random.hpp"
#include "keep.hpp"
#include "text/subwords/learn_bpe.hpp"
#include "text/subwords/learn_bpe_plain.hpp"
#include "text/subwords/token_trie.hpp"

using namespace tapestry;

namespace {

// Letters that merge with each other, line ends, spaces of all kinds, halves of characters, and
// text that looks like the marks of the method itself.
const std::vector<std::string> parts{
    "a",      "b",      "aa",     "abab",   "the",  " the", "er",   " ",      "  ",
    "\n",     "\r\n",   "\t",     "'s",     "'S",   "1984", "!!",   "\u00e9", "e\u0301",
    "\u65e5", "\u672c", "\u3000", "\u2028", "</w>", "@@",   "\xff", "\xe6",   "\xf0\x9f"};

std::string hostile_text(Rng& rng, std::size_t most) {
  std::string text;
  for (std::size_t n = rng.below(most + 1); n > 0; --n) text += rng.pick(parts);
  return text;
}

std::string random_text(Rng& rng, std::size_t most) {
  std::string text;
  for (std::size_t n = rng.below(most + 1); n > 0; --n) text += static_cast<char>(rng.below(256));
  return text;
}

using MakeText = std::string (*)(Rng&, std::size_t);

} // namespace

int main() {
  Rng rng(1);
  nlohmann::json numbers;
  fmt::print("Learning, fast and plain\n");
  for (const auto& [name, make] : {std::pair<const char*, MakeText>{"random bytes", random_text},
                                   {"hostile text", hostile_text}}) {
    std::size_t equal = 0, merges = 0;
    constexpr std::size_t texts = 60;
    for (std::size_t i = 0; i < texts; ++i) {
      WordCounts counts;
      count_words(make(rng, 300), counts);
      std::map<std::string, std::int64_t> words;
      for (std::size_t w = 0; w < counts.size(); ++w)
        words[std::string(counts.word(w))] = counts.count(w);
      const auto plain = learn_bpe_plain(words, 50);
      merges += plain.size();
      equal += learn_bpe(counts, 50) == plain;
    }
    fmt::print("{:<14}{:>4} texts, {:>5} merges: equal in {}\n", name, texts, merges, equal);
    numbers["learned"].push_back(equal);
  }

  WordCounts counts;
  for (int i = 0; i < 40; ++i) count_pieces(hostile_text(rng, 300), PiecePattern::gpt2, counts);
  const ByteBpe tokenizer(learn_byte_bpe(counts, 400, PiecePattern::gpt2),
                          {.invalid = InvalidUtf8::keep});
  std::vector<std::pair<std::string_view, int>> tokens;
  for (std::size_t id = 0; id < tokenizer.model().tokens.size(); ++id)
    if (!tokenizer.model().tokens[id].empty())
      tokens.emplace_back(tokenizer.model().tokens[id], static_cast<int>(id));
  const TokenTrie trie(tokens);
  fmt::print("\nEncoding, beside the plain loop\n");
  for (const auto& [name, make] : {std::pair<const char*, MakeText>{"random bytes", random_text},
                                   {"hostile text", hostile_text}}) {
    std::size_t equal = 0, back = 0, longest_equal = 0, ids_of_all = 0, ids_of_longest = 0;
    constexpr std::size_t texts = 2000;
    for (std::size_t i = 0; i < texts; ++i) {
      const std::string text = make(rng, 60);
      const std::vector<int> plain = tokenizer.encode_plain(text),
                             fast = tokenizer.encode(text).ids;
      equal += fast == plain;
      back += tokenizer.decode(fast) == text;
      std::vector<int> longest;
      for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
        end = piece_end(PiecePattern::gpt2, text, at);
        for (std::size_t begin = at; begin < end;) {
          longest.push_back(trie.longest(std::string_view(text).substr(begin, end - begin)));
          begin += tokenizer.model().tokens[static_cast<std::size_t>(longest.back())].size();
        }
      }
      longest_equal += longest == plain;
      ids_of_all += plain.size(), ids_of_longest += longest.size();
    }
    fmt::print(
        "{:<14}{:>5} texts, {:>6} tokens: the fast one equal in {}, decoded to the text in {}\n"
        "{:<14}the longest token from the left: {} tokens, equal in {}\n",
        name, texts, ids_of_all, equal, back, "", ids_of_longest, longest_equal);
    numbers["texts"] = texts;
    numbers["encoded"].push_back(equal);
    numbers["longest"].push_back(longest_equal);
  }
  keep("equal.json", numbers.dump(1));
}
