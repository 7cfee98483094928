#include "expect.hpp"

#include <cmath>
#include <sstream>

#include "text/metrics/cider.hpp"

using namespace tapestry;

namespace {

Sentence words(const std::string& text) {
  std::istringstream in{text};
  Sentence all;
  for (std::string word; in >> word;) all.push_back(word);
  return all;
}

struct Case {
  std::vector<Sentence> hypotheses;
  std::vector<References> references;
};

// The picture that is looked at, and others, which have captions of their own.
Case with_others(const std::string& hypothesis, const std::vector<std::string>& references,
                 const std::vector<std::string>& others) {
  Case c{{words(hypothesis)}, {{}}};
  for (const std::string& reference : references) c.references[0].push_back(words(reference));
  for (const std::string& other : others) {
    c.hypotheses.push_back({});
    c.references.push_back({words(other)});
  }
  return c;
}

double plain(const Case& c) { return cider_plain(c.hypotheses, c.references).of_picture.at(0); }
double cider_d_of(const Case& c) { return cider_d(c.hypotheses, c.references).of_picture.at(0); }

// Of one word, so that only n = 1 counts: four times the score over 10 is the cosine.
double cosine(const Case& c) { return 4 * plain(c) / 10; }

const double ln2 = std::log(2.0), ln3 = std::log(3.0), ln4 = std::log(4.0);

} // namespace

STEP("the weights of words") {
  // Four pictures: "a" is in all of them and weighs nothing, "dog" in two, "ring" in one.
  const std::vector<std::string> others{"a dog", "a", "a"};
  const Case same = with_others("dog ring", {"ring dog a"}, others);
  expect_equal("the same words, and one that all pictures have", cosine(same), 1);
  const double both = std::sqrt(ln2 * ln2 + ln4 * ln4);
  expect_equal("the rarer of two words", cosine(with_others("ring", {"dog ring"}, others)),
               ln4 / both);
  expect_equal("the commoner of two words", cosine(with_others("dog", {"dog ring"}, others)),
               ln2 / both);
  expect_equal("a word twice", cosine(with_others("ring dog dog", {"dog ring"}, others)),
               (2 * ln2 * ln2 + ln4 * ln4) / both / std::sqrt(4 * ln2 * ln2 + ln4 * ln4));
  expect_equal("only a word that all pictures have", cosine(with_others("a", {"a dog"}, others)),
               0);
}

STEP("words that no reference has") {
  const Case c = with_others("ring moon", {"ring"}, {"dog", "cat"});
  expect_equal("one such word weighs as if one picture had it", cosine(c),
               ln3 / std::sqrt(2 * ln3 * ln3));
  expect_equal("nothing else", cosine(with_others("moon", {"ring"}, {"dog", "cat"})), 0);
  expect_equal("no words", cosine(with_others("", {"ring"}, {"dog", "cat"})), 0);
}

STEP("clipping") {
  const std::vector<std::string> others{"dog", "cat"};
  // All n-grams of "ring ring" weigh ln 3 a time; of two words, only n = 1 has something to match.
  const double penalty = std::exp(-1.0 / 72);
  expect_equal("a word twice that the reference has once",
               4 * cider_d_of(with_others("ring ring", {"ring"}, others)) / 10, penalty * 0.5);
  expect_equal("a word once that the reference has twice",
               4 * cider_d_of(with_others("ring", {"ring ring"}, others)) / 10, penalty);
  expect_equal("without clipping", cosine(with_others("ring ring", {"ring"}, others)), 1);
}

STEP("the penalty for another length") {
  const std::vector<std::string> others{"a a a a a a a", "a"};
  const auto share = [&](const std::string& hypothesis, const std::string& reference) {
    const Case c = with_others(hypothesis, {reference}, others);
    return cider_d_of(c) / plain(c);
  };
  expect_equal("as long", share("ring", "ring"), 1);
  expect_equal("one word too many", share("ring a", "ring"), std::exp(-1.0 / 72));
  expect_equal("six words too many", share("ring a a a a a a", "ring"), std::exp(-0.5));
  expect_equal("three words too few", share("ring", "ring a a a"), std::exp(-0.125));
}

STEP("a use: three pictures") {
  const std::vector<Sentence> hypotheses{words("a red ring"), words("a blue square"),
                                         words("a dog")};
  const std::vector<References> references{{words("a red ring"), words("a red ring")},
                                           {words("a blue square above a ring")},
                                           {words("the moon")}};
  const Cider d = cider_d(hypotheses, references);
  // Runs of one to three words are right, there is none of four: three quarters of 10.
  expect_equal("a caption that equals both references", d.of_picture[0], 7.5);
  expect_equal("nothing right", d.of_picture[2], 0);
  expect("the caption between them", d.of_picture[1] > 1 && d.of_picture[1] < 7.5,
         "it shares words and pairs with its reference, and is three words shorter",
         {d.of_picture[1]});
  expect_equal("the mean", d.score, (d.of_picture[0] + d.of_picture[1] + d.of_picture[2]) / 3);
}
