// Cuts a sentence at every space, and shows what four better ways do with it.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "text/tokens/splitter.hpp"
#include "texts.hpp"

using namespace tapestry;

namespace {

//> lazy-split
std::vector<std::string> lazy_split(std::string_view text) { // "my sentence".split(" ")
  std::vector<std::string> parts(1);
  for (const char c : text)
    if (c == ' ')
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}
//< lazy-split

void print(const std::vector<Piece>& pieces) {
  std::string line;
  for (const Piece& piece : pieces) line += (line.empty() ? "" : " | ") + piece.text;
  fmt::print("{}\n\n", line);
}

/// All pieces of a text that hold these letters.
template <class Pieces, class Text>
std::set<std::string> holding(const Pieces& pieces, std::string_view letters, const Text& text) {
  std::set<std::string> found;
  for (const auto& piece : pieces)
    if (text(piece).find(letters) != std::string::npos) found.insert(text(piece));
  return found;
}

} // namespace

int main() {
  const std::string sentence = "He said:  \"Don't stop, it's 3.5 km to St. Ives.\"";
  fmt::print("At every space: {} parts\n", lazy_split(sentence).size());
  fmt::print("{}\n\n", fmt::join(lazy_split(sentence), " | "));
  fmt::print("At runs of whitespace: {} pieces\n", split_whitespace(sentence).size());
  print(split_whitespace(sentence));
  fmt::print("Words and marks: {} pieces\n", split_words(sentence).size());
  print(split_words(sentence));
  fmt::print("As the Penn Treebank: {} pieces\n", split_treebank(sentence).size());
  print(split_treebank(sentence));

  fmt::print("Where the words stood\n");
  for (const Piece& piece : split_words("Don't  stop!"))
    fmt::print("bytes {:>2} to {:>2}  {}\n", piece.span.begin, piece.span.end, piece.text);

  std::string line(story);
  std::replace(line.begin(), line.end(), '\n', ' ');
  const auto self = [](const std::string& s) { return s; };
  const auto lazy = holding(lazy_split(line), "cow", self);
  const auto word = holding(split_words(story), "cow", [](const Piece& p) { return p.text; });
  fmt::print("\nThe cow of the story\n");
  fmt::print("at every space: {}\n", fmt::join(lazy, "  "));
  fmt::print("as words:       {}\n", fmt::join(word, "  "));
  keep("split.json",
       nlohmann::json{{"lazy", lazy_split(sentence).size()}, {"cows", lazy.size()}}.dump(1));
}
