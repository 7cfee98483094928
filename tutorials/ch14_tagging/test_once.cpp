// The test sentences: the tagger with the settings of `tagger`, beside its floors, and which
// tags it takes for which.
//
// It reads the folder `ud_ewt` of the one that TAPESTRY_DATA names.
#include <cmath>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "experiment.hpp"
#include "keep.hpp"
#include "real_data.hpp"
#include "training_run.hpp"

using namespace tapestry;

namespace {

double rounded(double percent) { return std::round(100 * percent) / 100; }

void print(const char* name, const TagScores& s) {
  fmt::print("{:<26}{:>10.2f}{:>10.2f}{:>10.2f}\n", name, s.all.percent(), s.known.percent(),
             s.unknown.percent());
  std::fflush(stdout);
}

// "my car works" -> "my DET  car NOUN  works VERB"
std::string tagged(Tagger& tagger, const char* text) {
  const TaggedSentence sentence = untagged(text);
  std::string line;
  const std::vector<int> tags = tagger.tag({&sentence}).front();
  for (std::size_t i = 0; i < tags.size(); ++i)
    line += fmt::format("{}{} {}", i ? "  " : "", sentence.words[i],
                        tagger.vocabulary().tags[static_cast<std::size_t>(tags[i])]);
  return line;
}

void run(const Experiment& s) {
  const auto data = real_data("ud_ewt");
  if (!data) return;
  Corpus corpus = read_corpus(*data);
  corpus.train.resize(std::min(corpus.train.size(), s.sentences));
  const TaggerVocabulary vocabulary(corpus.train);
  nlohmann::json kept;

  fmt::print("right, %                   all words     known   unknown\n");
  std::map<std::string, std::size_t> tag_counts;
  for (const TaggedSentence& sentence : corpus.train)
    for (const std::string& tag : sentence.tags) ++tag_counts[tag];
  const auto most = std::max_element(tag_counts.begin(), tag_counts.end(),
                                     [](auto& a, auto& b) { return a.second < b.second; });
  TagScores always;
  for (const TaggedSentence& sentence : corpus.test)
    for (std::size_t i = 0; i < sentence.words.size(); ++i) {
      always.all.add(sentence.tags[i] == most->first);
      (is_known(vocabulary, sentence.words[i]) ? always.known : always.unknown)
          .add(sentence.tags[i] == most->first);
    }
  print(("always " + most->first).c_str(), always);
  const TagScores floor = score(TagDictionary(corpus.train), vocabulary, corpus.test);
  print("the most frequent tag", floor);

  double sum = 0, least = 100, largest = 0, dev = 0, unknown = 0, known = 0;
  for (std::size_t seed = 1; seed <= s.seeds; ++seed) {
    std::size_t pass = 0;
    TrainedTagger t = train_tagger(
        corpus.train, {.hidden = s.hidden}, {.epochs = s.epochs, .seed = seed}, [&](const Tagger&) {
          fmt::print(stderr, "seed {}, pass {} of {}\n", seed, ++pass, s.epochs);
        });
    const TagScores scores = score(*t.tagger, corpus.test);
    print(fmt::format("the tagger, seed {}", seed).c_str(), scores);
    const double percent = scores.all.percent();
    sum += percent, least = std::min(least, percent), largest = std::max(largest, percent);
    known += scores.known.percent(), unknown += scores.unknown.percent();
    dev += score(*t.tagger, corpus.dev).all.percent();
    if (seed > 1) continue;
    // Of the first one: what it takes for what.
    const Confusion table = confusion_of(*t.tagger, corpus.test);
    const std::vector<std::string>& tags = t.tagger->vocabulary().tags;
    std::string rows = "x\ty\tpercent\ttrue\tsaid\n", worst_true, worst_said;
    std::size_t worst = 0;
    for (int i = 0; i < static_cast<int>(tags.size()); ++i) {
      std::size_t all = 0;
      for (int j = 0; j < static_cast<int>(tags.size()); ++j) all += table.count(i, j);
      for (int j = 0; j < static_cast<int>(tags.size()); ++j) {
        const std::size_t n = table.count(i, j);
        const auto& truth = tags[static_cast<std::size_t>(i)];
        const auto& said = tags[static_cast<std::size_t>(j)];
        rows += fmt::format("{}\t{}\t{:.1f}\t{}\t{}\n", j, i,
                            all ? 100.0 * static_cast<double>(n) / static_cast<double>(all) : 0,
                            truth, said);
        if (i != j && n > worst) worst = n, worst_true = truth, worst_said = said;
      }
    }
    keep("confusion.tsv", rows);
    kept["worst"] = {{"count", worst}, {"true", worst_true}, {"said", worst_said}};
    kept["wrong"] = static_cast<std::size_t>(scores.all.all - scores.all.right);
    for (const char* text : lecture) kept["lecture"].push_back(tagged(*t.tagger, text));
  }
  const double n = static_cast<double>(s.seeds);
  kept["mean"] = rounded(sum / n), kept["least"] = rounded(least), kept["most"] = rounded(largest);
  kept["known"] = rounded(known / n), kept["unknown"] = rounded(unknown / n);
  kept["dev"] = rounded(dev / n), kept["seeds"] = s.seeds;
  kept["floor"] = {{"all", rounded(floor.all.percent())},
                   {"known", rounded(floor.known.percent())},
                   {"unknown", rounded(floor.unknown.percent())}};
  kept["unknown_share"] = rounded(100 * floor.unknown.all / floor.all.all);
  kept["words"] = static_cast<std::size_t>(floor.all.all);
  kept["train"] = corpus.train.size(), kept["test"] = corpus.test.size();
  kept["vocabulary"] = vocabulary.words.size(), kept["tags"] = vocabulary.tags.size();
  kept["fine"] = vocabulary.fine.size();
  // The share of padded blocks that would be padding: batches at random, and of like length.
  for (const auto& [name, pool] : {std::pair{"padding_random", 1}, {"padding_sorted", 50}}) {
    Rng rng(1);
    const std::vector<std::size_t> lengths = lengths_of(corpus.train);
    const auto batches =
        length_batches(lengths, {.pool_batches = static_cast<std::size_t>(pool)}, rng);
    kept[name] = std::round(100 * padding_share(lengths, batches));
  }
  std::size_t train_words = 0;
  for (const TaggedSentence& sentence : corpus.train) train_words += sentence.words.size();
  kept["train_words"] = train_words;
  fmt::print("\nThe lecture's sentences:\n");
  for (const auto& line : kept["lecture"]) fmt::print("{}\n", line.get<std::string>());
  keep("test_once.json", kept.dump(1) + "\n");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Trains the tagger and measures it on the test sentences.", "test_once");
  Experiment s{.epochs = RunOptions{}.epochs, .hidden = TaggerOptions{}.hidden, .seeds = 1};
  s.add_to(app);
  return run_program(app, argc, argv, [&] { run(s); });
}
