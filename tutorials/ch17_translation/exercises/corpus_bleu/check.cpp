#include "expect.hpp"

#include <cmath>

#include "text/metrics/translation_bleu.hpp"

using namespace tapestry;

namespace {

using Lines = std::vector<std::string>;

// Each line has one reference.
TranslationBleu bleu_of(const Lines& hypotheses, const Lines& references,
                        TranslationBleuOptions options = {.smoothing = BleuSmoothing::none}) {
  options.tokenized = true;
  std::vector<Lines> right;
  for (const std::string& line : references) right.push_back({line});
  return translation_bleu(hypotheses, right, options);
}

Tensor precisions(const TranslationBleu& bleu) {
  return tensor({4}, {bleu.precision.begin(), bleu.precision.end()});
}

const std::string seven = "a red ring above a green square",
                  other = "a red ring above a blue square";

} // namespace

STEP("the precisions of one sentence") {
  expect_equal("7 words, of which one is wrong", precisions(bleu_of({seven}, {other})),
               {100 * 6.0 / 7, 100 * 4.0 / 6, 100 * 3.0 / 5, 100 * 2.0 / 4});
}

STEP("counts are summed over the corpus") {
  const TranslationBleu two = bleu_of({seven, "a ring"}, {other, "a ring"});
  expect_equal("the same, and \"a ring\" that is right", precisions(two),
               {100 * 8.0 / 9, 100 * 5.0 / 7, 100 * 3.0 / 5, 100 * 2.0 / 4});
  expect_equal("their words", static_cast<double>(two.counts.hypothesis_length), 9);
  const TranslationBleu both = translation_bleu(
      Lines{"a b", "c d"}, std::vector<Lines>{{"a x", "a b"}, {"d d", "x x", "d c"}},
      {.tokenized = true, .smoothing = BleuSmoothing::none});
  expect_equal("two sentences that have several references", precisions(both), {100, 50, 0, 0});
}

STEP("the penalty for brevity") {
  expect_equal("2 words where the reference has 5",
               bleu_of({"a red"}, {"a red ring above it"}).brevity_penalty, std::exp(1 - 5.0 / 2));
  expect_equal("as many", bleu_of({seven}, {other}).brevity_penalty, 1);
  expect_equal("7 words where the reference has 3",
               bleu_of({seven}, {"a red ring"}).brevity_penalty, 1);
  expect_equal("a short one and a long one: 9 words, the references have 10",
               bleu_of({"a ring", seven}, {"a small ring", other}).brevity_penalty,
               std::exp(1 - 10.0 / 9));
}

STEP("the score") {
  const double product = 6.0 / 7 * 4 / 6 * 3 / 5 * 2 / 4;
  expect_equal("7 words, of which one is wrong", bleu_of({seven}, {other}).score,
               100 * std::pow(product, 0.25));
  expect_equal("5 right words where the reference has 7",
               bleu_of({"a red ring above a"}, {other}).score, 100 * std::exp(1 - 7.0 / 5));
}

STEP("nothing matches") {
  for (const auto smoothing :
       {BleuSmoothing::none, BleuSmoothing::exp, BleuSmoothing::floor, BleuSmoothing::add_k}) {
    const TranslationBleu bleu = bleu_of({"a b c d e"}, {"u v w x y z"}, {.smoothing = smoothing});
    expect_equal("the score without a word in common, whatever the smoothing", bleu.score, 0);
    expect_equal("its precisions", precisions(bleu), {0, 0, 0, 0});
    expect_equal("its penalty", bleu.brevity_penalty, std::exp(1 - 6.0 / 5));
  }
  const TranslationBleu none = bleu_of({"a red ring"}, {"ring red a"},
                                       {.smoothing = BleuSmoothing::none, .effective_order = true});
  expect_equal("the precisions of three right words, none beside its neighbour", precisions(none),
               {100, 0, 0, 0});
  expect_equal("their score without smoothing", none.score, 0);
}

STEP("smoothing") {
  const Lines said{"a b x c"}, right{"a b c d"};
  expect_equal("\"a b x c\" for \"a b c d\", smoothed by exp",
               bleu_of(said, right, {.smoothing = BleuSmoothing::exp}).score,
               100 * std::pow(3.0 / 4 * 1 / 3 * 0.5 / 2 * 0.25, 0.25));
  const TranslationBleu added = bleu_of(said, right, {.smoothing = BleuSmoothing::add_k});
  expect_equal("its precisions, smoothed by add_k", precisions(added),
               {75, 100 * 2.0 / 4, 100 * 1.0 / 3, 100 * 1.0 / 2});
}

STEP("all sentences are short") {
  const Lines said{"a red ring", "a square"}, right{"a red ring", "a ring"};
  const TranslationBleu bleu = bleu_of(said, right);
  expect_equal("3 words and 2: there are no quadruples, so the score", bleu.score, 0);
  expect_equal("the precisions all the same", precisions(bleu), {80, 100 * 2.0 / 3, 100, 0});
  const TranslationBleuOptions effective{.smoothing = BleuSmoothing::none, .effective_order = true};
  expect_equal("by the orders that there are", bleu_of(said, right, effective).score,
               100 * std::cbrt(0.8 * 2 / 3));
  expect_equal("a word alone, by the orders that there are",
               bleu_of({"ring"}, {"ring"}, effective).score, 100);
}

STEP("a use: which of two translators is better") {
  const std::vector<Lines> right{
      {"A red circle is to the left of a blue square."},
      {"This restaurant has very good food.", "The food of this restaurant is very good."}};
  const double one = translation_bleu(Lines{"A red circle is left from a blue square.",
                                            "This restaurant has good food."},
                                      right)
                         .score;
  const double other_one = translation_bleu(Lines{"A red circle is to the left of a square.",
                                                  "This restaurant has very nice food."},
                                            right)
                               .score;
  expect("the scores of two", one > 20 && one < other_one && other_one < 80,
         "the second is nearer to the references, and neither is perfect", {one, other_one});
}
