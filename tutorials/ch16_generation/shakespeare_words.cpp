// Tiny Shakespeare, word by word: trains a language model, or takes the one that `words` has
// trained with the same settings, and shows what it can do beside what counting can.
//
// It reads tinyshakespeare/input.txt in the folder that TAPESTRY_DATA names.

#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "ngrams.hpp"
#include "real_data.hpp"
#include "words.hpp"

using namespace tapestry;

namespace {

void run(const LanguageSettings& s, std::size_t min_count) {
  WordModel w(s, min_count);
  w.train();
  fmt::print("\n");
  const DynamicOptions dynamic = choose_dynamic(w.model, w.parts.dev);
  fmt::print("\nOn the last {:.0f} %:\n  {:<34}{:>8}{:>14}\n", 100 * s.test_share, "", "nats",
             "perplexity");
  nlohmann::json kept;
  const auto print = [&](const std::string& name, const LanguageScore& score) {
    fmt::print("  {:<34}{:>8.3f}{:>14.1f}\n", name, score.nats(), score.perplexity());
    std::fflush(stdout);
    kept[name] = std::round(10 * score.perplexity()) / 10;
  };
  const std::vector<int>& text = measured(w.parts, s);
  for (const Floor& f : floors(w.parts.train, w.parts.dev, text, w.vocabulary.size(), 3))
    print(f.name, f.score);
  print("LSTM", evaluate_stream(w.model, text));
  print("LSTM, dynamic evaluation", evaluate_stream(w.model, text, dynamic));
  kept["words"] = w.vocabulary.size() - 4, kept["rate"] = dynamic.rate;
  kept["settings"] = {{"hidden", s.hidden}, {"epochs", s.epochs}};
  kept["train"] = w.parts.train.size(), kept["test"] = w.parts.test.size();
  kept["unknown"] = std::round(1000 * w.unknown()) / 10;
  std::vector<int> seen(w.vocabulary.size());
  for (const int id : w.parts.train) ++seen[static_cast<std::size_t>(id)];
  const auto rare = std::count_if(seen.begin() + 4, seen.end(), [](int n) { return n < 5; });
  kept["rare"] =
      std::lround(100 * static_cast<double>(rare) / static_cast<double>(seen.size() - 4));
  fmt::print("\nTemperature 0.8:\n{}", w.written(60, {.temperature = 0.8}));
  keep("shakespeare_words.json", kept.dump(1) + "\n");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("A language model of tiny Shakespeare's words.", "shakespeare_words");
  LanguageSettings s = word_settings();
  s.out = data_folder() + "/shakespeare_words";
  std::size_t min_count = 2;
  s.add_to(app);
  app.add_option("--min-count", min_count, "words that occur less often become <unk>")
      ->capture_default_str()
      ->check(whole_number(1, 1'000'000'000));
  return run_program(app, argc, argv, [&] {
    const auto data = real_data("tinyshakespeare/input.txt");
    if (!data) return;
    s.data = *data;
    run(s, min_count);
  });
}
