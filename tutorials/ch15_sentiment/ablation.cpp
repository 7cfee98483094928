// What decides of all steps, and what each device brings: three trainings of each row, measured on
// the sentences kept for choosing.
//
// It reads the folder `sst2` of the one that TAPESTRY_DATA names.
#include <cmath>
#include <cstdlib>
#include <mutex>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/parallel.hpp"
#include "keep.hpp"
#include "program.hpp"
#include "training_run.hpp"

using namespace tapestry;

namespace {

struct Settings {
  std::size_t epochs = 8, seeds = 3, sentences = 1'000'000, hidden = 100;
};

struct Row {
  const char *name, *key;
  Summary summary;
  bool bidirectional = true;
  double prior = 0.3, word_dropout = 0.15, dropout = 0.5;
};

//> rows
const std::vector<Row> rows{
    {"last", "last", Summary::last},
    {"mean", "mean", Summary::mean},
    {"max", "max", Summary::max},
    {"last, one direction", "last_one", Summary::last, false},
    {"mean, one direction", "mean_one", Summary::mean, false},
    {"mean, no prior", "no_prior", Summary::mean, true, 0},
    {"mean, no word dropout", "no_word_dropout", Summary::mean, true, 0.3, 0},
    {"mean, no dropout", "no_dropout", Summary::mean, true, 0.3, 0.15, 0}};
//< rows

void run(const Settings& s) {
  const char* const data = std::getenv("TAPESTRY_DATA");
  if (!data) {
    fmt::print("skipped: the variable TAPESTRY_DATA names no folder\n");
    return;
  }
  const Parts parts = read_parts(std::string(data) + "/sst2", 1, s.sentences);
  const NgramClassifier words_alone = best_ngrams(parts.train, parts.dev, 1);

  std::vector<std::vector<double>> scores(rows.size(), std::vector<double>(s.seeds));
  std::mutex printing;
  parallel_parts(rows.size() * s.seeds, [&](std::size_t job) {
    const std::size_t r = job % rows.size(), seed = job / rows.size();
    const Row& row = rows[r];
    const TrainedScorer t =
        train_scorer(parts,
                     {.vocabulary = 0,
                      .embedding = 100,
                      .hidden = s.hidden,
                      .bidirectional = row.bidirectional,
                      .summary = row.summary,
                      .dropout = row.dropout,
                      .word_dropout = row.word_dropout},
                     words_alone, {.epochs = s.epochs, .prior = row.prior, .seed = seed + 1});
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
  Settings s;
  whole_option(app, "--epochs", s.epochs, "passes over the sentences", 1, 1000);
  whole_option(app, "--seeds", s.seeds, "trainings of each row", 1, 1000);
  whole_option(app, "--sentences", s.sentences, "to learn from, at most", 1, 1'000'000);
  whole_option(app, "--hidden", s.hidden, "size of a direction's state", 1, 10'000);
  return run_program(app, argc, argv, [&] { run(s); });
}
