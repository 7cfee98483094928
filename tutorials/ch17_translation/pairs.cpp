// Sentences in two languages, from text to a batch.
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "languages.hpp"
#include "scene_pairs.hpp"

using namespace tapestry;

int main() {
  const ScenePairs some = scene_pairs(4, Part::train, 7);
  fmt::print("Four pairs\n");
  for (const SentencePair& pair : some.pairs)
    fmt::print("  {}\n    {}\n", pair.source, pair.target);

  const std::vector<SentencePair> pairs = scene_pairs(8000, Part::train, 101).pairs;
  const Languages both = learn_words(pairs, 1, false);
  fmt::print("\n{} pairs have {} Spanish words and {} English ones, the special ones included\n\n",
             pairs.size(), both.source->size(), both.target->size());

  double words = 0;
  for (const SentencePair& pair : pairs)
    words += static_cast<double>(split_words(pair.source).size());
  words /= static_cast<double>(pairs.size());

  std::set<std::string> learnt;
  for (const SentencePair& pair : pairs) learnt.insert(pair.source);
  const std::vector<SentencePair> known = scene_pairs(1000, Part::train, 5).pairs; // of `scenes`
  double seen = 0;
  for (const SentencePair& pair : known) seen += learnt.contains(pair.source);
  seen *= 100.0 / static_cast<double>(known.size());

  const EncodedPairs encoded = both.encode(some.pairs, 50);
  const TranslationBatch batch = translation_batch(encoded, std::vector<std::size_t>{0, 1, 2, 3});
  fmt::print("The source, packed: {} words of four sentences; sentences at each step:\n ",
             batch.source.layout->rows());
  for (const std::size_t n : batch.source.layout->batch_sizes) fmt::print(" {}", n);
  fmt::print("\n\nThe target, padded: a column a sentence\n");
  for (std::size_t t = 0; t < batch.target.shape()[0]; ++t) {
    for (std::size_t b = 0; b < 4; ++b) {
      const int id = batch.target(t, b);
      const std::string word = id == Vocabulary::pad_id     ? "<pad>"
                               : id == Vocabulary::start_id ? "<start>"
                               : id == Vocabulary::end_id   ? "<end>"
                                                          : both.target->decode(std::span(&id, 1));
      fmt::print("  {:<10}", word);
    }
    fmt::print("\n");
  }
  keep("pairs.json", nlohmann::json{{"pairs", pairs.size()},
                                    {"words", words},
                                    {"known_seen", seen},
                                    {"source", both.source->size()},
                                    {"target", both.target->size()}}
                             .dump(1) +
                         "\n");
}
