// What the questions at the end of the chapter ask.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "../ch06_tokens/texts.hpp"
#include "text/subwords/learn_bpe.hpp"
#include "text/subwords/learn_bpe_plain.hpp"
#include "text/subwords/segmenter.hpp"

using namespace tapestry;

namespace {

std::string merges_of(const std::vector<SymbolMerge>& merges) {
  std::string line;
  for (const SymbolMerge& merge : merges)
    line += (line.empty() ? "" : ", ") + merge.left + " " + merge.right;
  return line;
}

std::string barred(const std::vector<std::string>& parts) {
  std::string line;
  for (const std::string& part : parts) line += (line.empty() ? "" : "|") + part;
  return line;
}

std::vector<int> encoded_in_parts(const ByteBpe& tokenizer, std::string_view text,
                                  std::size_t bytes) {
  std::vector<int> ids;
  for (std::size_t at = 0; at < text.size(); at += bytes)
    tokenizer.encode_ids(text.substr(at, bytes), ids);
  return ids;
}

} // namespace

int main() {
  const std::map<std::string, std::int64_t> once{
      {"low", 1}, {"lower", 1}, {"newest", 1}, {"widest", 1}};
  fmt::print("Each word once\n{}\n", merges_of(learn_bpe_plain(once, 10)));
  fmt::print("{}\n", barred(Segmenter(learn_bpe_plain(once, 10)).segment("lowest")));

  fmt::print("\nMerges turned round\n");
  WordCounts words;
  count_words(story, words);
  std::vector<SymbolMerge> merges = learn_bpe(words, 400);
  const Segmenter right(merges);
  std::reverse(merges.begin(), merges.end());
  const Segmenter turned(merges);
  std::size_t other = 0, parts = 0, parts_turned = 0;
  for (std::size_t w = 0; w < words.size(); ++w) {
    const auto cut = right.segment(words.word(w)), cut_turned = turned.segment(words.word(w));
    parts += cut.size(), parts_turned += cut_turned.size();
    if (cut == cut_turned) continue;
    if (++other <= 3)
      fmt::print("{:<10} {:<14} turned {}\n", words.word(w), barred(cut), barred(cut_turned));
  }
  fmt::print("{} of {} words are cut in another way; {} subwords, turned {}\n", other, words.size(),
             parts, parts_turned);

  WordCounts counts;
  count_pieces(story, PiecePattern::gpt2, counts);
  const ByteBpe tokenizer(learn_byte_bpe(counts, 500, PiecePattern::gpt2));
  const std::vector<int> whole = tokenizer.encode(story).ids;
  fmt::print("\nThe story in parts\n{:>6} bytes  {:>6} tokens\n", story.size(), whole.size());
  for (const std::size_t bytes : {1000, 100, 10, 1}) {
    const std::vector<int> ids = encoded_in_parts(tokenizer, story, bytes);
    fmt::print("{:>6} bytes  {:>6} tokens, decoded: {}\n", bytes, ids.size(),
               tokenizer.decode(ids) == story ? "the story" : "another text");
  }
}
