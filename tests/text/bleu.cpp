#include "text/metrics/bleu.hpp"

#include <cmath>
#include <sstream>

#include <boost/test/unit_test.hpp>

using namespace tapestry;
using Words = std::vector<std::string>;

namespace {

Words split(const std::string& text) {
  std::istringstream in{text};
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

Bleu bleu_of(const std::string& hypothesis, const std::vector<std::string>& references) {
  std::vector<References> all(1);
  for (const std::string& reference : references) all[0].push_back(split(reference));
  return corpus_bleu(std::vector<Words>{split(hypothesis)}, all);
}

// Papineni et al. 2002, example 1, in lower case.
const std::vector<std::string> guide{
    "it is a guide to action that ensures that the military will forever heed party commands",
    "it is the guiding principle which guarantees the military forces always being under the "
    "command of the party",
    "it is the practical guide for the army always to heed the directions of the party"};

} // namespace

BOOST_AUTO_TEST_SUITE(bleu)

// Expected are fractions worked out by hand. Precisions are exact but for rounding; a score adds
// 1e-9 to each number of n-grams, 3 or more here, so it is off by 4e-10 of itself at most: hence
// 1e-9, relative.

BOOST_AUTO_TEST_CASE(clips_repeated_words, *boost::unit_test::tolerance(1e-9)) {
  const Bleu bleu = bleu_of("the the the the the the the",
                            {"the cat is on the mat", "there is a cat on the mat"});
  BOOST_TEST(bleu.precision[0] == 2.0 / 7);
  BOOST_TEST(bleu.score[0] == 2.0 / 7);
  for (int n = 1; n < 4; ++n) BOOST_TEST(bleu.score[n] < 1e-8); // 1e-15 matches of 6, not 0
}

BOOST_AUTO_TEST_CASE(example_of_the_paper, *boost::unit_test::tolerance(1e-9)) {
  const Bleu one = bleu_of("it is a guide to action which ensures that the military always obeys "
                           "the commands of the party",
                           guide);
  BOOST_TEST(one.precision[0] == 17.0 / 18);
  BOOST_TEST(one.precision[1] == 10.0 / 17);
  BOOST_TEST(one.hypothesis_length == 18u);
  BOOST_TEST(one.reference_length == 18u);
  BOOST_TEST(one.brevity_penalty == 1.0);
  BOOST_TEST(one.score[1] == std::sqrt(10.0 / 18));
  const Bleu two = bleu_of("it is to insure the troops forever hearing the activity guidebook that "
                           "party direct",
                           guide);
  BOOST_TEST(two.precision[0] == 8.0 / 14);
  BOOST_TEST(two.precision[1] == 1.0 / 13);
}

BOOST_AUTO_TEST_CASE(short_hypotheses_pay, *boost::unit_test::tolerance(1e-9)) {
  const Bleu bleu = bleu_of("a b c", {"a b c d", "a b c d e f"});
  BOOST_TEST(bleu.precision[2] == 1.0);
  BOOST_TEST(bleu.brevity_penalty == std::exp(1 - 4.0 / 3));
  BOOST_TEST(bleu.score[2] == bleu.brevity_penalty);
  // Three words hold no 4-gram: 1e-15 of 1e-9 are matched.
  BOOST_TEST(bleu.score[3] == bleu.brevity_penalty * std::pow(1e-6, 0.25));
  BOOST_TEST(bleu_of("a b c d", {"a b c d e", "x y z"}).reference_length == 3u); // a tie: shorter
}

BOOST_AUTO_TEST_CASE(counts_are_summed_before_dividing, *boost::unit_test::tolerance(1e-9)) {
  const std::vector<Words> hypotheses{{"a", "b", "c", "d"}, {"x", "y"}};
  const std::vector<References> references{{{"a", "b", "c", "d"}}, {{"x", "z"}, {"q"}}};
  const Bleu bleu = corpus_bleu(hypotheses, references);
  BOOST_TEST(bleu.score[0] == 5.0 / 6);                      // not (1 + 1/2) / 2
  BOOST_TEST(bleu.score[1] == std::sqrt(5.0 / 6 * 3.0 / 4)); // 3 of 4 bigrams
}

BOOST_AUTO_TEST_CASE(edges, *boost::unit_test::tolerance(1e-9)) {
  const Bleu perfect = bleu_of("a b c d e", {"a b c d e"});
  for (const double score : perfect.score) BOOST_TEST(score == 1.0);
  for (const double score : bleu_of("", {"a"}).score) BOOST_TEST(score == 0.0);
  for (const double score : bleu_of("a", {"", "b"}).score) BOOST_TEST(score < 0.01);
  BOOST_TEST(corpus_bleu({}, {}).score[0] == 0.0);
  BOOST_CHECK_THROW(corpus_bleu(std::vector<Words>(2), std::vector<References>(1)),
                    std::invalid_argument);
  BOOST_CHECK_THROW(corpus_bleu(std::vector<Words>(1), std::vector<References>(1)),
                    std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
