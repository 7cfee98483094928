// BLEU and CIDEr of one caption, step by step, and what the library says.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "text/metrics/bleu.hpp"
#include "text/metrics/caption_tokens.hpp"
#include "text/metrics/cider.hpp"

using namespace tapestry;

namespace {

const std::vector<std::string> captions{"A red ring above a green square.",
                                        "A green ring left of a red circle.", "A blue triangle."};
const std::vector<std::vector<std::string>> people{
    {"A red ring above a blue square.", "A red ring is above a square."},
    {"A green ring left of a red circle.", "A green ring and a red circle."},
    {"A small blue triangle.", "There is a blue triangle."}};

std::string joined(const std::vector<std::string_view>& ngram) {
  std::string text;
  for (const std::string_view word : ngram) text += (text.empty() ? "" : " ") + std::string{word};
  return text;
}

/// In how many pictures' references it occurs.
std::size_t pictures_with(const std::vector<std::string_view>& ngram,
                          const std::vector<References>& references) {
  return static_cast<std::size_t>(
      std::count_if(references.begin(), references.end(), [&](const References& of_picture) {
        return std::any_of(of_picture.begin(), of_picture.end(), [&](const Sentence& reference) {
          return count_runs(reference, ngram.size()).contains(ngram);
        });
      }));
}

//> cider-of-one-word
struct WordRow {
  std::size_t said, in_reference; // how often
  double weight;                  // log(pictures) - log(pictures that have it)
};

double cosine(const std::vector<WordRow>& rows, bool clipped) {
  double product = 0, caption = 0, reference = 0;
  for (const WordRow& row : rows) {
    const double said = static_cast<double>(row.said) * row.weight;
    const double right = static_cast<double>(row.in_reference) * row.weight;
    product += (clipped ? std::min(said, right) : said) * right;
    caption += said * said;
    reference += right * right;
  }
  return product / std::sqrt(caption * reference);
}
//< cider-of-one-word

double rounded(double x) { return std::round(1e4 * x) / 1e4; } // for the book

} // namespace

int main() {
  std::vector<Sentence> hypotheses;
  std::vector<References> references;
  for (std::size_t i = 0; i < captions.size(); ++i) {
    hypotheses.push_back(caption_tokens(captions[i]));
    references.emplace_back();
    for (const std::string& said : people[i]) references.back().push_back(caption_tokens(said));
  }
  nlohmann::json numbers;

  const Sentence& caption = hypotheses[0];
  const Bleu bleu =
      corpus_bleu(std::vector<Sentence>{caption}, std::vector<References>{references[0]});
  fmt::print("BLEU of \"{}\"\n", captions[0]);
  for (std::size_t n = 1; n <= 4; ++n) {
    const std::size_t total = caption.size() + 1 - n;
    const auto matched = std::lround(bleu.precision[n - 1] * static_cast<double>(total));
    fmt::print("  n = {}: {} of {} match, precision {:.3f}, BLEU-{} {:.3f}\n", n, matched, total,
               bleu.precision[n - 1], n, bleu.score[n - 1]);
    numbers["bleu"].push_back(rounded(bleu.score[n - 1]));
  }
  fmt::print("  {} words, the closest reference has {}: penalty {:.3f}\n\n", bleu.hypothesis_length,
             bleu.reference_length, bleu.brevity_penalty);

  const auto log_of = [](std::size_t n) { return std::log(static_cast<double>(n)); };
  fmt::print("Its words against those of \"{}\"\n", people[0][0]);
  fmt::print("  {:<9}{:>9}{:>8}{:>7}{:>11}\n", "word", "pictures", "weight", "said", "reference");
  std::vector<WordRow> rows;
  auto counted = count_runs(references[0][0], 1);
  const auto said = count_runs(caption, 1);
  NgramCounts either = said;
  for (const auto& [word, count] : counted) either[word] = std::max(either[word], count);
  for (const auto& [word, count] : either) {
    const std::size_t having = pictures_with(word, references);
    const auto times = said.find(word);
    rows.push_back({times == said.end() ? 0 : times->second, counted[word],
                    log_of(captions.size()) - log_of(std::max<std::size_t>(having, 1))});
    fmt::print("  {:<9}{:>9}{:>8.3f}{:>7}{:>11}\n", joined(word), having, rows.back().weight,
               rows.back().said, rows.back().in_reference);
  }
  fmt::print("  cosine {:.3f}\n\n", cosine(rows, true));
  numbers["cosine"] = rounded(cosine(rows, true));

  fmt::print("CIDEr-D of three captions\n");
  const Cider d = cider_d(hypotheses, references);
  for (std::size_t i = 0; i < captions.size(); ++i)
    fmt::print("  {:<36}{:>6.3f}\n", captions[i], d.of_picture[i]);
  fmt::print("  {:<36}{:>6.3f}\n\n", "mean", d.score);
  for (const double score : d.of_picture) numbers["cider"].push_back(rounded(score));

  // Of three words one is right. Is it worth repeating?
  fmt::print("Instead, one right word of three\n  {:<44}{:>6}{:>9}\n", "", "plain", "CIDEr-D");
  for (const char* const text :
       {"green triangle square", "green triangle square square square square"}) {
    std::vector<Sentence> other = hypotheses;
    other[0] = caption_tokens(text);
    const double plain = cider_plain(other, references).of_picture[0],
                 clipped = cider_d(other, references).of_picture[0];
    fmt::print("  {:<44}{:>6.3f}{:>9.3f}\n", text, plain, clipped);
    numbers["repeated"].push_back({{"plain", rounded(plain)}, {"d", rounded(clipped)}});
  }
  keep("metrics.json", numbers.dump(1) + "\n");
}
