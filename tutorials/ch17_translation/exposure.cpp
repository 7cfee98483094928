// Exposure bias: what one wrong word, which training never showed, does to the words after it.
#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "models.hpp"
#include "reversal.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t length = 12, sequences = 400, wrong_at = 4;

// The mean probability of the symbol at each place, after those before it. -> (length)
std::vector<double> probabilities(Translator& model, const EncodedPairs& pairs) {
  std::vector<std::size_t> all(pairs.source.size());
  std::iota(all.begin(), all.end(), 0);
  const TranslationBatch b = translation_batch(pairs, all);
  const Tensor log_p = model.log_probabilities(b.source, b.target);
  std::vector<double> mean(length, 0);
  for (std::size_t k = 0; k < length; ++k)
    for (std::size_t i = 0; i < all.size(); ++i)
      mean[k] += std::exp(static_cast<double>(log_p(k, i))) / static_cast<double>(all.size());
  return mean;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("What one wrong word does to the words after it.", "exposure");
  TranslatorSettings s;
  std::size_t seeds = 3;
  s.out = data_folder() + "/exposure";
  s.epochs = 12, s.dropout = 0;
  s.add_to(app);
  app.add_option("--out", s.out, "the folder of the checkpoints")->capture_default_str();
  whole_option(app, "--seeds", seeds, "trainings", 1, 100);
  return run_program(app, argc, argv, [&] {
    EncodedPairs pairs;
    Rng rng(5);
    for (std::size_t i = 0; i < sequences; ++i) add_reversal(pairs, length, rng);
    EncodedPairs read = pairs;
    for (auto& target : read.target) { // another symbol in place of that one
      int& symbol = target[wrong_at + 1];
      symbol = first_symbol +
               (symbol - first_symbol + 1 + static_cast<int>(rng.below(reversal_symbols - 1))) %
                   reversal_symbols;
    }
    const std::string folder = s.out;
    std::vector<double> forced(length, 0), after(length, 0);
    for (s.seed = 1; s.seed <= seeds; ++s.seed) {
      const TranslationCorpus corpus{reversals(20'000, length, 10 + s.seed),
                                     reversals(500, length, 2)};
      s.out = fmt::format("{}/{}", folder, s.seed);
      Rng first(s.seed);
      const std::size_t words = first_symbol + reversal_symbols;
      const auto model = encoder_decoder("cho", s.model(words, words), first);
      train_translator(*model, corpus, s, {});
      nn::load_model(s.out + "/translator.safetensors", *model);
      const auto right = probabilities(*model, pairs);
      auto wrong = probabilities(*model, read);
      wrong[wrong_at] = right[wrong_at]; // before it nothing differs
      for (std::size_t k = 0; k < length; ++k) {
        forced[k] += right[k] / static_cast<double>(seeds);
        after[k] += wrong[k] / static_cast<double>(seeds);
      }
    }
    fmt::print("probability of the right symbol, {} sequences, {} trainings\nplace  after right "
               "symbols  after one that is wrong, at place {}\n",
               sequences, seeds, wrong_at + 1);
    std::string table = "place\tright\twrong\n";
    for (std::size_t k = 0; k < length; ++k) {
      fmt::print("{:>5}{:>21.3f}{:>26.3f}\n", k + 1, forced[k], after[k]);
      table += fmt::format("{}\t{:.4f}\t{:.4f}\n", k + 1, forced[k], after[k]);
    }
    keep("exposure.tsv", table);
    keep("exposure.json", nlohmann::json{{"sequences", sequences},
                                         {"before", forced[wrong_at + 1]},
                                         {"after", after[wrong_at + 1]}}
                                  .dump(1) +
                              "\n");
  });
}
