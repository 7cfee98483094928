// What counting alone predicts of a small text, in nats, bits and perplexity.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "ngrams.hpp"
#include "small.hpp"

using namespace tapestry;

int main() {
  const SmallText text;
  fmt::print("{} characters to count, {} to choose on, {} to test on; {} different ones\n\n",
             text.train_part.size(), text.dev_part.size(), text.test_part.size(),
             text.symbols.all.size() - 1);

  fmt::print("Three units for one surprise:\n  {:<22}{:>8}{:>8}{:>14}\n", "P(token)", "nats",
             "bits", "perplexity");
  for (const double p : {0.5, 0.25, 1.0 / 27, 0.001}) {
    LanguageScore score;
    score.add(-std::log(p), 1);
    fmt::print("  {:<22.3f}{:>8.3f}{:>8.3f}{:>14.1f}\n", p, score.nats(), score.bits(),
               score.perplexity());
  }

  fmt::print("\nOn the test part:\n  {:<22}{:>8}{:>8}{:>14}\n", "", "nats", "bits", "perplexity");
  nlohmann::json kept;
  for (const Floor& f :
       floors(text.train_part, text.dev_part, text.test_part, text.symbols.all.size(), 6)) {
    fmt::print("  {:<22}{:>8.3f}{:>8.3f}{:>14.2f}\n", f.name, f.score.nats(), f.score.bits(),
               f.score.perplexity());
    kept[f.name] = std::round(1000 * f.score.nats()) / 1000;
  }
  keep("floors.json", kept.dump(1) + "\n");
}
