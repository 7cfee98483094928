// What each part of the tagger brings: trainings without it, measured on the sentences kept for
// choosing.
//
// It reads the folder `ud_ewt` of the one that TAPESTRY_DATA names.
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
  TaggerOptions options = {};
  Looks looks = {};
};

const std::vector<Row> rows{
    {"all", "all"},
    {"words alone", "words", {}, {.characters = false}},
    {"characters alone", "characters", {}, {.words = false}},
    {"one layer", "one_layer", {.layers = 1}},
    {"no word dropout", "no_word_dropout", {.word_dropout = 0}},
    {"words alone, none dropped", "words_none_dropped", {.word_dropout = 0}, {.characters = false}},
    {"no dropout", "no_dropout", {.dropout = 0}},
    {"no finer tags", "no_finer_tags", {.fine_share = 0}}};

nlohmann::json kept;

// Mean, least and most of a row's trainings: all words, known ones, unknown ones.
void print(const std::string& name, const std::string& key, const std::vector<TagScores>& all) {
  fmt::print("{:<26}", name);
  const auto column = [&](const char* which, const auto& share) {
    double sum = 0, least = 100, most = 0;
    for (const TagScores& s : all) {
      const double x = share(s).percent();
      sum += x, least = std::min(least, x), most = std::max(most, x);
    }
    const double mean = sum / static_cast<double>(all.size());
    fmt::print("{:>19}", all.size() == 1
                             ? fmt::format("{:.1f}", mean)
                             : fmt::format("{:.1f} ({:.1f}-{:.1f})", mean, least, most));
    for (const auto& [stat, x] : {std::pair{"mean", mean}, {"least", least}, {"most", most}})
      kept[key][which][stat] = std::round(10 * x) / 10;
  };
  column("all", [](const TagScores& s) { return s.all; });
  column("known", [](const TagScores& s) { return s.known; });
  column("unknown", [](const TagScores& s) { return s.unknown; });
  fmt::print("\n");
}

void run(const Experiment& s) {
  const auto data = real_data("ud_ewt");
  if (!data) return;
  Corpus corpus = read_corpus(*data);
  corpus.train.resize(std::min(corpus.train.size(), s.sentences));

  std::vector<std::vector<TagScores>> scores(rows.size(), std::vector<TagScores>(s.seeds));
  std::vector<TagScores> last(s.seeds); // of "all": without the average
  std::mutex printing;
  parallel_parts(rows.size() * s.seeds, [&](std::size_t job) {
    const std::size_t r = job % rows.size(), seed = job / rows.size();
    const Row& row = rows[r];
    TaggerOptions options = row.options;
    options.hidden = s.hidden;
    TrainedTagger t = train_tagger(corpus.train, options,
                                   {.epochs = s.epochs, .seed = seed + 1, .looks = row.looks});
    scores[r][seed] = score(*t.tagger, corpus.dev, row.looks);
    if (r == 0) {
      t.average->exchange();
      last[seed] = score(*t.tagger, corpus.dev);
    }
    const std::lock_guard lock(printing);
    fmt::print(stderr, "{}, seed {}: {:.2f}\n", row.name, seed + 1, scores[r][seed].all.percent());
  });

  kept["sentences"] = corpus.train.size();
  kept["trainings"] = s.seeds;
  kept["epochs"] = s.epochs;
  kept["hidden"] = s.hidden;
  fmt::print("{:<26}{:>19}{:>19}{:>19}\n", "right, %", "all words", "known", "unknown");
  for (std::size_t r = 0; r < rows.size(); ++r) {
    print(rows[r].name, rows[r].key, scores[r]);
    if (r == 0) print("the last weights", "last_weights", last);
  }
  print("the most frequent tag", "floor",
        {score(TagDictionary(corpus.train), TaggerVocabulary(corpus.train), corpus.dev)});
  keep("ablation.json", kept.dump(1) + "\n");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains the tagger without each of its parts, and compares.", "ablation");
  Experiment s{.epochs = 4, .hidden = 100, .seeds = 2, .sentences = 4000};
  s.add_to(app);
  return run_program(app, argc, argv, [&] { run(s); });
}
