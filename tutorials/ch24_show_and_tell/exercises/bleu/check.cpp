#include "expect.hpp"

#include <cmath>
#include <sstream>

#include "text/metrics/bleu.hpp"

using namespace tapestry;

namespace {

Sentence words(const std::string& text) {
  std::istringstream in{text};
  Sentence all;
  for (std::string word; in >> word;) all.push_back(word);
  return all;
}

Bleu bleu_of(const std::string& hypothesis, const std::vector<std::string>& references) {
  References right;
  for (const std::string& reference : references) right.push_back(words(reference));
  return corpus_bleu(std::vector<Sentence>{words(hypothesis)}, std::vector<References>{right});
}

// The score adds 1e-9 to each number of n-grams: 1e-8 is far more than that.
void expect_score(const std::string& what, double got, double wanted) {
  expect_equal(what, got, wanted, 1e-8);
}

} // namespace

STEP("matches are clipped") {
  expect_equal("\"the\" seven times, of which a reference has two",
               bleu_of("the the the the the the the", {"the cat is on the mat"}).precision[0],
               2.0 / 7);
  expect_equal("\"a\" three times; one reference has it twice, the other once",
               bleu_of("a a a", {"x a y a", "a z"}).precision[0], 2.0 / 3);
  expect_equal("the same, the references exchanged",
               bleu_of("a a a", {"a z", "x a y a"}).precision[0], 2.0 / 3);
  expect_equal("words that no reference has", bleu_of("a b c", {"a x y"}).precision[0], 1.0 / 3);
  expect_equal("a word less often than a reference has it", bleu_of("a b", {"a a a"}).precision[0],
               0.5);
  const Bleu two = bleu_of("a red ring above a green square",
                           {"a red ring above a blue square", "two green square tiles"});
  expect_equal("pairs, of two references", two.precision[1], 5.0 / 6);
  expect_equal("triples", two.precision[2], 3.0 / 5);
  expect_equal("quadruples", two.precision[3], 2.0 / 4);
}

STEP("the closest length") {
  const auto length = [](const std::string& hypothesis,
                         const std::vector<std::string>& references) {
    return static_cast<double>(bleu_of(hypothesis, references).reference_length);
  };
  expect_equal("4 words, references of 6 and 3", length("a b c d", {"a b c d e f", "a b c"}), 3);
  expect_equal("4 words, references of 1 and 5", length("a b c d", {"a", "a b c d e"}), 5);
  expect_equal("4 words, references of 5 and 1", length("a b c d", {"a b c d e", "a"}), 5);
  expect_equal("a tie: 4 words, references of 5 and 3", length("a b c d", {"a b c d e", "a b c"}),
               3);
  expect_equal("a tie: 4 words, references of 3 and 5", length("a b c d", {"a b c", "a b c d e"}),
               3);
  expect_equal("one of the same length, the last",
               length("a b c", {"a", "a b c d", "a b", "x y z"}), 3);
  expect_equal("4 words, references of 4 and 3", length("a b c d", {"a b c d", "a b c"}), 4);
  expect_equal("a tie: 4 words, references of 6 and 2", length("a b c d", {"a b c d e f", "a b"}),
               2);
  expect_equal("no words, references of 2 and 1", length("", {"a b", "c"}), 1);
  expect_equal("4 words, references of 9, 8 and 7",
               length("a b c d", {"a b c d e f g h i", "a b c d e f g h", "a b c d e f g"}), 7);
}

STEP("the penalty for short hypotheses") {
  expect_score("3 words where the reference has 4", bleu_of("a b c", {"a b c d"}).brevity_penalty,
               std::exp(1 - 4.0 / 3));
  expect_score("2 words where the reference has 6", bleu_of("a b", {"a b c d e f"}).brevity_penalty,
               std::exp(-2.0));
  expect_score("longer than the reference", bleu_of("a b c d e", {"a b c"}).brevity_penalty, 1);
  expect_score("as long", bleu_of("a b c", {"x y z"}).brevity_penalty, 1);
}

STEP("the scores") {
  const Bleu one = bleu_of("a red ring above a green square", {"a red ring above a blue square"});
  const double p1 = 6.0 / 7, p2 = 4.0 / 6, p3 = 3.0 / 5, p4 = 2.0 / 4;
  expect_score("BLEU-1", one.score[0], p1);
  expect_score("BLEU-2", one.score[1], std::sqrt(p1 * p2));
  expect_score("BLEU-3", one.score[2], std::cbrt(p1 * p2 * p3));
  expect_score("BLEU-4", one.score[3], std::sqrt(std::sqrt(p1 * p2 * p3 * p4)));
  const Bleu cut = bleu_of("a red ring above a", {"a red ring above a blue square"});
  expect_score("BLEU-1 of a caption cut short", cut.score[0], std::exp(1 - 7.0 / 5));
  expect_score("its BLEU-4", cut.score[3], std::exp(1 - 7.0 / 5));
}

STEP("a use: two captions, counted together") {
  const std::vector<Sentence> hypotheses{words("a red ring above a green square"), words("a ring")};
  const std::vector<References> references{{words("a red ring above a blue square")},
                                           {words("a small ring"), words("the ring is small")}};
  const Bleu bleu = corpus_bleu(hypotheses, references);
  const double penalty = std::exp(1 - 10.0 / 9);
  expect_score("BLEU-1", bleu.score[0], penalty * 8 / 9);
  expect_score("BLEU-2", bleu.score[1], penalty * std::sqrt(8.0 / 9 * 4 / 7));
}
