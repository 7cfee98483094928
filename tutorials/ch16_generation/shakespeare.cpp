// Tiny Shakespeare: trains a language model of its characters, or takes the one that `characters`
// has trained with the same settings, and shows what it can do beside what counting can.
//
// It reads tinyshakespeare/input.txt in the folder that TAPESTRY_DATA names.

#include <nlohmann/json.hpp>

#include "characters.hpp"
#include "keep.hpp"
#include "ngrams.hpp"
#include "real_data.hpp"
#include "units.hpp"

using namespace tapestry;

namespace {

double rounded(double x) { return std::round(1000 * x) / 1000; }

nlohmann::json print(const std::string& name, const LanguageScore& score) {
  fmt::print("  {:<34}{:>8.3f}{:>8.3f}{:>14.2f}\n", name, score.nats(), score.bits(),
             score.perplexity());
  std::fflush(stdout);
  return {{"nats", rounded(score.nats())}, {"bits", rounded(score.bits())}};
}

void run(const LanguageSettings& s) {
  CharacterModel c(s);
  nlohmann::json kept;
  kept["train"] = c.parts.train.size(), kept["test"] = c.parts.test.size();
  kept["different"] = c.symbols.all.size() - 1;
  kept["settings"] = {{"hidden", s.hidden},   {"layers", s.layers}, {"embedding", s.embedding},
                      {"batch", s.batch},     {"window", s.window}, {"epochs", s.epochs},
                      {"dropout", s.dropout}, {"rate", s.rate}};
  std::size_t weights = 0;
  for (const Parameter& p : c.model.parameters()) weights += p.value().size();
  kept["weights"] = weights;
  const Curve curve = c.train();
  kept["minutes"] = std::round(curve.seconds() / 6) / 10;
  std::string tsv = "passes\ttraining\tkept for choosing\n";
  for (const Curve::Point& p : curve.points())
    tsv += fmt::format("{:.2f}\t{:.3f}\t{:.3f}\n",
                       static_cast<double>(s.epochs) * p.step / curve.points().back().step, p.loss,
                       p.held_out);
  keep("shakespeare.tsv", tsv);

  fmt::print("\n");
  const DynamicOptions dynamic = choose_dynamic(c.model, c.parts.dev);
  fmt::print("\nOn the last {:.0f} %:\n  {:<34}{:>8}{:>8}{:>14}\n", 100 * s.test_share, "", "nats",
             "bits", "perplexity");
  const std::vector<int>& text = measured(c.parts, s);
  for (const Floor& f : floors(c.parts.train, c.parts.dev, text, c.symbols.all.size(), 6))
    kept[f.name] = print(f.name, f.score);
  kept["fixed"] = print("LSTM", evaluate_stream(c.model, text));
  kept["dynamic"] = print("LSTM, dynamic evaluation", evaluate_stream(c.model, text, dynamic));
  kept["rate"] = dynamic.rate;

  const auto write = [&](const std::string& name, const SamplingOptions& how) {
    std::string shown = written(c.model, c.symbols, "\n", 280, how, 1);
    shown.erase(0, std::min(shown.find_first_not_of('\n'), shown.size()));
    // An empty line would end the block that the book shows.
    for (std::size_t at = 0; (at = shown.find("\n\n", at)) != shown.npos;)
      shown.insert(at + 1, " ");
    fmt::print("\n{}\n{}\n", name, shown);
  };
  write("Greedy:", {.temperature = 0});
  for (const double t : {0.5, 0.8, 1.0, 1.3})
    write(fmt::format("Temperature {:.1f}:", t), {.temperature = t});
  write("Top-p 0.9, temperature 1:", {.temperature = 1, .top_p = 0.9});

  const std::vector<int> passage(
      c.parts.dev.begin(), c.parts.dev.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(
                                                     c.parts.dev.size(), 20'000)));
  const std::vector<std::string> letters = c.letters(passage);
  const std::vector<FollowingUnit> units = following_units(c.model, passage, letters);
  fmt::print("\nUnits, by their correlation with:\n  {:<34}{:>8}{:>12}{:>20}\n", "", "unit",
             "trained", "without training");
  for (const FollowingUnit& u : units)
    fmt::print("  {:<34}{:>8}{:>12.2f}{:>20.2f}\n", u.follows, u.unit, u.correlation, u.untrained);
  auto begin = letters.begin() + static_cast<std::ptrdiff_t>(passage.size() / 2);
  keep("units.dot", units_table(units, {begin, begin + 240}, 40));
  keep("shakespeare.json", kept.dump(1) + "\n");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("A language model of tiny Shakespeare's characters.", "shakespeare");
  LanguageSettings s;
  s.out = data_folder() + "/shakespeare";
  s.add_to(app);
  return run_program(app, argc, argv, [&] {
    const auto data = real_data("tinyshakespeare/input.txt");
    if (!data) return;
    s.data = *data;
    run(s);
  });
}
