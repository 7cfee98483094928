// A real text: CBOW over ten seeds on 20 MB of books, variants of it over three, scored by
// analogies and by people's judgements, beside the vectors that word2vec.c makes of the same text
// at the same settings.
//
// It reads the folder `words` of the one that TAPESTRY_DATA names. Vectors of word2vec.c, if the
// variable WORD2VEC_VECTORS names a folder with them, are scored as well.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/random.hpp"
#include "keep.hpp"
#include "real_data.hpp"
#include "text/embeddings/word2vec.hpp"
#include "text/embeddings/word_tests.hpp"
#include "text/embeddings/word_vector_files.hpp"

using namespace tapestry;

namespace {

struct Tests {
  std::vector<AnalogyQuestion> questions;
  std::vector<WordPair> wordsim, simlex;
};

// Percent of analogies of meaning, of grammar; 100 times Spearman's correlation, twice.
using Scores = std::vector<double>;

Scores score(const WordVectors& v, const Tests& tests) {
  const auto analogies = score_analogies(v, tests.questions);
  return {100 * total_of(analogies, AnalogyKind::meaning).share(),
          100 * total_of(analogies, AnalogyKind::grammar).share(),
          100 * score_similarities(v, tests.wordsim).correlation,
          100 * score_similarities(v, tests.simlex).correlation};
}

nlohmann::json kept;

void print(const std::string& name, const std::string& key, const std::vector<Scores>& all) {
  fmt::print("{:<26}", name);
  for (std::size_t k = 0; k < 4; ++k) {
    double sum = 0, squares = 0;
    for (const Scores& s : all) sum += s[k];
    const double mean = sum / double(all.size());
    for (const Scores& s : all) squares += (s[k] - mean) * (s[k] - mean);
    const double deviation = all.size() > 1 ? std::sqrt(squares / double(all.size() - 1)) : 0;
    fmt::print("{:>14}", fmt::format("{:.1f} +- {:.1f}", mean, deviation));
    kept[key].push_back(
        {{"mean", std::round(10 * mean) / 10}, {"deviation", std::round(10 * deviation) / 10}});
  }
  fmt::print("\n");
  std::fflush(stdout);
}

} // namespace

int main() try {
  const auto data = real_data("words/");
  if (!data) return 0;
  const std::string& folder = *data;
  const Tests tests{read_analogies(folder + "questions-words.txt", true),
                    read_word_pairs(folder + "EN-WS-353-ALL.txt", true),
                    read_word_pairs(folder + "EN-SIMLEX-999.txt", true)};
  const WordCorpus corpus = read_word_corpus(folder + "books8_first20MB.txt");
  fmt::print("{} words, {} different\n\n", corpus.total, corpus.words.size());
  kept["words"] = corpus.total, kept["different"] = corpus.words.size();
  fmt::print("{:<26}{:>14}{:>14}{:>14}{:>14}\n", "", "meaning, %", "grammar, %", "WordSim-353",
             "SimLex-999");
  const auto ours = [&](const std::string& name, const std::string& key, Word2VecOptions o,
                        std::uint64_t seeds) {
    std::vector<Scores> all;
    for (o.seed = 1; o.seed <= seeds; ++o.seed) {
      Word2Vec trainer(corpus, o);
      trainer.train();
      all.push_back(score({corpus.words, trainer.vectors()}, tests));
    }
    print(name, key, all);
  };
  ours("CBOW", "cbow", {}, 10);
  ours("CBOW, the true gradient", "shared", {.input_gradient = InputGradient::shared}, 3);
  ours("CBOW, hierarchical", "hierarchical", {.negatives = 0}, 3);
  if (const char* const peers = std::getenv("WORD2VEC_VECTORS")) {
    std::vector<Scores> all;
    for (const auto& file : std::filesystem::directory_iterator(peers)) {
      if (file.path().extension() != ".bin") continue;
      // Its first word is the end of a sentence, which ours leaves out.
      const WordVectors v = read_word_vectors(file.path());
      const Tensor& x = v.vectors();
      std::vector<std::string> words(v.words().begin() + 1, v.words().end());
      Tensor rows = Tensor::from_shape({words.size(), v.dim()});
      std::copy_n(x.data() + v.dim(), rows.size(), rows.data());
      all.push_back(score({words, rows}, tests));
    }
    print("word2vec.c", "word2vec_c", all);
  }
  std::vector<Scores> floor;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Rng rng(seed);
    floor.push_back(score({corpus.words, normal({corpus.words.size(), 100}, 0, 1, rng)}, tests));
  }
  print("random vectors", "random", floor);
  keep("corpus.json", kept.dump(1) + "\n");
} catch (const std::exception& error) {
  fmt::print(stderr, "corpus: {}\n", error.what());
  return 1;
}
