// BLEU of translations: by hand, and what changes it though the translation stays.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "text/metrics/chrf.hpp"
#include "text/metrics/translation_bleu.hpp"
#include "text/metrics/translation_tokens.hpp"

using namespace tapestry;

int main() {
  const std::vector<std::string> said{"A red circle is left from a blue square.",
                                      "This restaurant has good food."};
  const std::vector<std::vector<std::string>> right{
      {"A red circle is to the left of a blue square."}, {"This restaurant has very good food."}};
  nlohmann::json kept;
  const TranslationBleu whole = translation_bleu(said, right);
  const BleuCounts& c = whole.counts;
  fmt::print("Two sentences together\n  n    matches  n-grams  precision\n");
  for (std::size_t n = 0; n < 4; ++n) {
    fmt::print("  {}{:>10}{:>9}{:>10.1f} %\n", n + 1, c.matches[n], c.ngrams[n],
               whole.precision[n]);
    kept["matches"].push_back(c.matches[n]), kept["ngrams"].push_back(c.ngrams[n]);
  }
  fmt::print("  {} words said, {} in the references: penalty {:.3f}\n  BLEU {:.2f}\n  {}\n\n",
             c.hypothesis_length, c.reference_length, whole.brevity_penalty, whole.score,
             whole.signature);
  kept["score"] = std::round(100 * whole.score) / 100;
  kept["said"] = c.hypothesis_length, kept["references"] = c.reference_length;

  fmt::print("The same translations, counted otherwise\n");
  const auto row = [&](const char* name, const TranslationBleuOptions& options) {
    const TranslationBleu b = translation_bleu(said, right, options);
    fmt::print("  {:<32}{:>7.2f}  {}\n", name, b.score, b.signature);
  };
  row("as above", {});
  row("words between spaces", {.tokenized = true});
  row("no capitals", {.lower_case = true});
  fmt::print("  {:<32}{:>7.2f}  {}\n\n", "chrF", chrf(said, right).score,
             chrf(said, right).signature);

  fmt::print("One sentence alone: \"{}\"\n", said[1]);
  const std::vector<std::string> one{said[1]};
  const std::vector<std::vector<std::string>> its{right[1]};
  const auto smoothed = [&](const char* name, BleuSmoothing smoothing) {
    fmt::print("  {:<10}{:>7.2f}\n", name,
               translation_bleu(one, its, {.smoothing = smoothing}).score);
  };
  smoothed("none", BleuSmoothing::none);
  smoothed("floor", BleuSmoothing::floor);
  smoothed("add-k", BleuSmoothing::add_k);
  smoothed("exp", BleuSmoothing::exp);
  keep("bleu.json", kept.dump(1) + "\n");
}
