// What decides of all steps, and what each device brings, measured on the sentences kept for
// choosing.
//
// It reads the folder `sst2` of the one that TAPESTRY_DATA names.
#include <cmath>
#include <mutex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/parallel.hpp"
#include "experiment.hpp"
#include "keep.hpp"
#include "real_data.hpp"
#include "training_run.hpp"

using namespace tapestry;

namespace {

struct Row {
  const char *name, *key;
  Summary summary = scorer_defaults.summary;
  bool bidirectional = true;
  double prior = RunOptions{}.prior, word_dropout = scorer_defaults.word_dropout,
         dropout = scorer_defaults.dropout;
};

const std::vector<Row> rows{
    {"last", "last", Summary::last},
    {"mean", "mean", Summary::mean},
    {"max", "max", Summary::max},
    {"last, one direction", "last_one", Summary::last, false},
    {"mean, one direction", "mean_one", Summary::mean, false},
    {.name = "mean, no prior", .key = "no_prior", .prior = 0},
    {.name = "mean, no word dropout", .key = "no_word_dropout", .word_dropout = 0},
    {.name = "mean, no dropout", .key = "no_dropout", .dropout = 0}};

void run(const Experiment& s) {
  const auto data = real_data("sst2");
  if (!data) return;
  const Parts parts = read_parts(*data, 1, s.sentences);
  const NgramClassifier words_alone = best_ngrams(parts.train, parts.dev, 1);

  std::vector<std::vector<double>> scores(rows.size(), std::vector<double>(s.seeds));
  std::mutex printing;
  parallel_parts(rows.size() * s.seeds, [&](std::size_t job) {
    const std::size_t r = job % rows.size(), seed = job / rows.size();
    const Row& row = rows[r];
    SentimentOptions options = scorer_defaults;
    options.hidden = s.hidden, options.bidirectional = row.bidirectional;
    options.summary = row.summary;
    options.dropout = row.dropout, options.word_dropout = row.word_dropout;
    const TrainedScorer t = train_scorer(
        parts, options, words_alone, {.epochs = s.epochs, .prior = row.prior, .seed = seed + 1});
    scores[r][seed] = 100 * measure(*t.model, parts.dev, 2).accuracy();
    const std::lock_guard lock(printing);
    fmt::print(stderr, "{}, seed {}: {:.2f}\n", row.name, seed + 1, scores[r][seed]);
  });

  nlohmann::json kept;
  kept["sentences"] = parts.train.labels.size();
  kept["dev"] = parts.dev.labels.size();
  kept["trainings"] = s.seeds;
  kept["epochs"] = s.epochs;
  fmt::print("{:<24}{:>8}{:>16}\n", "right, %", "mean", "least to most");
  for (std::size_t r = 0; r < rows.size(); ++r) {
    double sum = 0, least = 100, most = 0;
    for (const double x : scores[r]) sum += x, least = std::min(least, x), most = std::max(most, x);
    const double mean = sum / static_cast<double>(s.seeds);
    fmt::print("{:<24}{:>8.1f}{:>16}\n", rows[r].name, mean,
               fmt::format("{:.1f} to {:.1f}", least, most));
    for (const auto& [stat, x] : {std::pair{"mean", mean}, {"least", least}, {"most", most}})
      kept[rows[r].key][stat] = std::round(10 * x) / 10;
  }
  keep("ablation.json", kept.dump(1) + "\n");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains the scorer with each summary, and without each device.", "ablation");
  Experiment s{.epochs = RunOptions{}.epochs, .hidden = scorer_defaults.hidden, .seeds = 2};
  s.add_to(app);
  return run_program(app, argc, argv, [&] { run(s); });
}
