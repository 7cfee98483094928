// Texts for training, analogies and pairs of words.
#include "text/embeddings/word_tests.hpp"
#include "autograd/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "text/embeddings/word_corpus.hpp"

FUZZED(word_tests) {
  using namespace tapestry;
  const std::string path = as_file(data, size, "text");
  const auto refuse = [](const auto& read) {
    try {
      read();
    } catch (const FormatError&) {
    } catch (const std::invalid_argument&) { // no word is left
    }
  };
  refuse([&] { read_analogies(path, true); });
  refuse([&] { read_word_pairs(path, true); });
  refuse([&] {
    const WordCorpus corpus = read_word_corpus(path, {.min_count = 2, .most_bytes = 20});
    std::vector<std::uint64_t> counts(corpus.words.size());
    for (const std::int32_t id : corpus.ids)
      if (id >= 0) ++counts.at(static_cast<std::size_t>(id));
    if (counts != corpus.counts) __builtin_trap();
  });
  return 0;
}
