// Three sentences become one block of ids: special tokens, truncation, padding, a mask.
#include <string>
#include <vector>

#include <fmt/format.h>

#include "text/tokens/token_batch.hpp"
#include "text/tokens/vocabulary_tokenizer.hpp"
#include "texts.hpp"

using namespace tapestry;

namespace {

template <class Block> void print(const char* title, const Block& block) {
  fmt::print("{}\n", title);
  for (std::size_t t = 0; t < block.shape(0); ++t) {
    for (std::size_t b = 0; b < block.shape(1); ++b) fmt::print("{:>5}", block(t, b));
    fmt::print("\n");
  }
  fmt::print("\n");
}

} // namespace

int main() {
  //> learn
  const TextOptions options{.split = Split::words, .normalize = {Normalization::lower_case}};
  PieceCounter counter(options);
  counter.add(story);
  const VocabularyTokenizer tokenizer = counter.tokenizer(2); // what occurs twice at least
  //< learn
  //> batch
  const std::vector<std::string> sentences{"The cow is late.", "Nora doesn't know the whale.",
                                           "It rains."};
  const TokenBatch batch =
      encode_batch(tokenizer, sentences,
                   {.special = {.start = Vocabulary::start_id, .end = Vocabulary::end_id}});
  //< batch
  fmt::print("{} words\n\n", tokenizer.size());
  print("The ids, (T, B)", batch.ids);
  print("The mask, (T, B)", batch.mask);
  fmt::print("Lengths\n{}\n\n", fmt::join(batch.lengths, " "));

  fmt::print("Column 1, token by token\n");
  const Encoding& row = batch.encodings[1];
  for (std::size_t i = 0; i < row.ids.size(); ++i)
    fmt::print("{:>4}  {:<8} bytes {:>2} to {:>2}  {}\n", row.ids[i],
               tokenizer.vocabulary().word(row.ids[i]), row.spans[i].begin, row.spans[i].end,
               sentences[1].substr(row.spans[i].begin, row.spans[i].end - row.spans[i].begin));
  fmt::print("decoded: {}\n\n", tokenizer.decode(row.ids));

  print("At most 5, end kept, (B, T)",
        encode_batch(tokenizer, sentences,
                     {.special = {.end = Vocabulary::end_id}, .max_length = 5, .batch_first = true})
            .ids);
}
