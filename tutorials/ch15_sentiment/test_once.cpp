// The test sentences: the scorer with the settings of `sentiment`, beside bags of n-grams and
// the floor, and what it says after each word.
//
// It reads the folder `sst2` of the one that TAPESTRY_DATA names.
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiment.hpp"
#include "keep.hpp"
#include "real_data.hpp"
#include "training_run.hpp"

using namespace tapestry;

namespace {

double rounded(double percent) { return std::round(100 * percent) / 100; }

void run(const Experiment& s) {
  const auto data = real_data("sst2");
  if (!data) return;
  const Parts parts = read_parts(*data, 1, s.sentences);
  nlohmann::json kept;
  const auto line = [](const std::string& name, double percent) {
    fmt::print("{:<28}{:>8.2f} %\n", name, percent);
    std::fflush(stdout);
  };
  fmt::print("Right, of {} sentences:\n", parts.test.labels.size());
  // The floor: the class that is more frequent in training, for every sentence.
  double ones = 0, test_ones = 0;
  for (const int label : parts.train.labels) ones += label;
  for (const int label : parts.test.labels) test_ones += label;
  const double all = static_cast<double>(parts.test.labels.size());
  const bool says_one = 2 * ones >= static_cast<double>(parts.train.labels.size());
  const double floor = 100 * (says_one ? test_ones : all - test_ones) / all;
  line("the more frequent class", floor);
  const NgramClassifier words_alone = best_ngrams(parts.train, parts.dev, 1),
                        pairs = best_ngrams(parts.train, parts.dev, 2);
  const double words_right = 100 * accuracy_of(words_alone, parts.test),
               pairs_right = 100 * accuracy_of(pairs, parts.test);
  line("a bag of words", words_right);
  line("a bag of words and pairs", pairs_right);

  double sum = 0, least = 100, most = 0, dev = 0;
  SentimentOptions options = scorer_defaults;
  options.hidden = s.hidden;
  for (std::size_t seed = 1; seed <= s.seeds; ++seed) {
    const TrainedScorer t =
        train_scorer(parts, options, words_alone, {.epochs = s.epochs, .seed = seed});
    const double right = 100 * measure(*t.model, parts.test, 2).accuracy();
    line(fmt::format("the scorer, seed {}", seed), right);
    sum += right, least = std::min(least, right), most = std::max(most, right);
    dev += 100 * measure(*t.model, parts.dev, 2).accuracy();
    if (seed > 1) continue;
    // Of the first one: what it says after each word, and how sure it is at the end.
    std::string rows = "sentence\tplace\tword\tp\n";
    for (std::size_t k = 0; k < std::size(verdicts); ++k) {
      const std::vector<std::string> words = tokenize_words(verdicts[k]);
      const std::vector<double> p = word_by_word(*t.model, parts.vocabulary, words);
      for (std::size_t i = 0; i < words.size(); ++i)
        rows += fmt::format("{}\t{}\t{}\t{:.3f}\n", k, i, words[i], p[i]);
      kept["verdicts"].push_back({{"text", verdicts[k]}, {"p", std::round(100 * p.back()) / 100}});
    }
    keep("words.tsv", rows);
  }
  // Sentences to learn from with "bad", and with "not bad": how many, how many of them praise.
  std::size_t bad = 0, not_bad = 0, bad_praises = 0, not_bad_praises = 0;
  for (std::size_t i = 0; i < parts.train.words.size(); ++i) {
    const std::vector<std::string>& words = parts.train.words[i];
    const std::size_t praises = parts.train.labels[i] == 1;
    bool has = false, has_not = false;
    for (std::size_t k = 0; k < words.size(); ++k) {
      has = has || words[k] == "bad";
      has_not = has_not || (k > 0 && words[k - 1] == "not" && words[k] == "bad");
    }
    bad += has, bad_praises += has * praises;
    not_bad += has_not, not_bad_praises += has_not * praises;
  }
  kept["bad"] = {{"sentences", bad}, {"praise", bad_praises}};
  kept["not_bad"] = {{"sentences", not_bad}, {"praise", not_bad_praises}};
  const double n = static_cast<double>(s.seeds);
  fmt::print("\nThe probability of praise:\n");
  for (const auto& one : kept["verdicts"])
    fmt::print("{:.2f}  {}\n", one["p"].get<double>(), one["text"].get<std::string>());
  kept["floor"] = rounded(floor), kept["words"] = rounded(words_right);
  kept["pairs"] = rounded(pairs_right), kept["mean"] = rounded(sum / n);
  kept["least"] = rounded(least), kept["most"] = rounded(most), kept["dev"] = rounded(dev / n);
  kept["seeds"] = s.seeds, kept["train"] = parts.train.labels.size();
  kept["test"] = parts.test.labels.size(), kept["vocabulary"] = parts.vocabulary.size();
  keep("test_once.json", kept.dump(1) + "\n");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains the scorer and measures it on the test sentences.", "test_once");
  Experiment s{.epochs = RunOptions{}.epochs, .hidden = scorer_defaults.hidden};
  s.add_to(app);
  return run_program(app, argc, argv, [&] { run(s); });
}
