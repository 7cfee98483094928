// Metrics of captions against pycocoevalcap: tests/fixtures/make_captions.py.
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "text/metrics/bleu.hpp"
#include "text/metrics/caption_scores.hpp"
#include "text/metrics/caption_tokens.hpp"
#include "text/metrics/cider.hpp"
#include "text/metrics/meteor.hpp"
#include "text/metrics/retrieval.hpp"
#include "text/metrics/rouge_l.hpp"
#include "text/metrics/word_alignment.hpp"

using namespace tapestry;

namespace {

Sentence sentence_of(const std::string& text) {
  std::istringstream in{text};
  Sentence words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

const nlohmann::json& captions_fixture() {
  static const auto json =
      nlohmann::json::parse(std::ifstream{std::string{TAPESTRY_FIXTURES} + "/captions.json"});
  return json;
}

} // namespace

BOOST_AUTO_TEST_SUITE(captions)

BOOST_AUTO_TEST_CASE(tokens_as_pycocoevalcap) {
  for (const auto& line : captions_fixture()["tokens"]) {
    const auto caption = line["caption"].get<std::string>();
    const auto expected = line["words"].get<Sentence>();
    BOOST_TEST(caption_tokens(caption) == expected, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(tokens_of_bad_text) {
  BOOST_TEST(caption_tokens("").empty());
  BOOST_TEST(caption_tokens(" \t\n ").empty());
  BOOST_TEST(caption_tokens("a \xFF\xC3 dog\xE2\x80") == sentence_of("a dog"));
  BOOST_TEST(caption_tokens("a\ndog") == sentence_of("a dog"));
  // No rule looks further than 500 characters: a text without spaces is not quadratic in its
  // length.
  const std::vector<std::string> cut = caption_tokens(std::string(1200, 'a'));
  BOOST_TEST(cut.size() == 3u);
  BOOST_TEST(cut[0].size() == 500u);
}

// The same sums in another order: a few units in the last place of numbers up to 10.
BOOST_AUTO_TEST_CASE(scores_as_pycocoevalcap) {
  const auto near = [](double a, double b) { BOOST_TEST(std::abs(a - b) < 1e-13); };
  for (const auto& [name, expected] : captions_fixture()["cases"].items()) {
    std::vector<Sentence> hypotheses;
    std::vector<References> references;
    for (const auto& picture : expected["pictures"]) {
      hypotheses.push_back(sentence_of(picture["hypothesis"]));
      references.emplace_back();
      for (const auto& reference : picture["references"])
        references.back().push_back(sentence_of(reference));
    }
    BOOST_TEST_CONTEXT(name) {
      const CaptionScores scores = score_captions(hypotheses, references);
      for (std::size_t n = 0; n < 4; ++n) near(scores.bleu[n], expected["bleu"][n]);
      near(scores.rouge_l, expected["rouge_l"]);
      near(scores.cider_d, expected["cider_d"]);
      near(scores.cider_plain, expected["cider_plain"]);
      near(scores.meteor, expected["meteor"]);
      const Meteor meteor = meteor_exact_and_stem(hypotheses, references);
      for (std::size_t i = 0; i < hypotheses.size(); ++i) {
        near(scores.cider_d_of_picture[i], expected["cider_d_of_picture"][i]);
        near(meteor.of_picture[i], expected["meteor_of_picture"][i]);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(text_under_names) {
  const std::map<std::string, std::string> hypotheses{{"b.jpg", "A dog runs."},
                                                      {"a.jpg", "Two boys can't play!"}};
  std::map<std::string, std::vector<std::string>> references{
      {"a.jpg", {"Two boys ca n't play"}}, {"b.jpg", {"The dog is running", "a dog , it runs"}}};
  const CaptionScores scores = score_captions(hypotheses, references);
  BOOST_TEST(scores.cider_d_of_picture.at(0) == 10, boost::test_tools::tolerance(1e-14)); // a.jpg
  BOOST_TEST(scores.cider_d_of_picture.at(1) < 10);

  references.erase("a.jpg");
  BOOST_CHECK_EXCEPTION(
      score_captions(hypotheses, references), std::invalid_argument, [](const std::exception& e) {
        return std::string{e.what()} == "score_captions: no references for \"a.jpg\"";
      });
  references["a.jpg"] = {"two boys"};
  references["c.jpg"] = {"snow"};
  BOOST_CHECK_EXCEPTION(
      score_captions(hypotheses, references), std::invalid_argument, [](const std::exception& e) {
        return std::string{e.what()} == "score_captions: no caption to score for \"c.jpg\"";
      });
}

BOOST_AUTO_TEST_CASE(caption_metrics_refuse) {
  const std::vector<Sentence> one{{"a"}}, none;
  const std::vector<References> two(2, References{{"a"}}), empty(1), no_references;
  BOOST_CHECK_THROW(corpus_rouge_l(one, two), std::invalid_argument);
  BOOST_CHECK_THROW(corpus_rouge_l(one, empty), std::invalid_argument);
  BOOST_CHECK_THROW(cider_d(one, two), std::invalid_argument);
  BOOST_CHECK_THROW(cider_d(none, no_references), std::invalid_argument);
  BOOST_CHECK_THROW(meteor_exact_and_stem(one, empty), std::invalid_argument);
  BOOST_CHECK_THROW(score_captions(none, no_references), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(alignment_by_hand) {
  // "the" of the reference could be either; one of them continues the chunk "the dog".
  const Sentence hypothesis = sentence_of("the boy sees the dogs"),
                 reference = sentence_of("the dog");
  const WordAlignment alignment = align_words(hypothesis, reference);
  BOOST_TEST(alignment[0]->hypothesis == 3u);
  BOOST_TEST(alignment[1]->hypothesis == 4u);
  BOOST_TEST(!alignment[0]->by_stem);
  BOOST_TEST(alignment[1]->by_stem);
  BOOST_TEST(count_chunks(alignment) == 1u);

  // No function words: p = (1 + 0.6) / 5, r = (1 + 0.6) / 2; one chunk of two matches.
  const double p = 1.6 / 5, r = 1.6 / 2, mean = 1 / (0.15 / p + 0.85 / r);
  const Meteor meteor = meteor_exact_and_stem(
      std::vector<Sentence>{hypothesis}, std::vector<References>{{reference}}, MeteorOptions{});
  BOOST_TEST(meteor.score == mean * (1 - 0.6 * std::pow(0.5, 0.2)),
             boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(retrieval_by_hand) {
  // Captions 0 and 1 are of picture 0, caption 2 of picture 1, caption 3 of picture 2.
  const std::vector<std::size_t> picture_of{0, 0, 1, 2};
  const std::vector<double> scores{0.1, 0.9, 0.5, 0.2, //
                                   0.8, 0.3, 0.3, 0.4, //
                                   0.1, 0.2, 0.3, 0.25};
  const Retrieval found = retrieval(scores, 3, picture_of);
  // Pictures find a caption of theirs at rank 1, 4 (0.3 ties with a wrong 0.3) and 2; captions find
  // their picture at 3 (a tie), 1, 3 (a tie) and 2.
  BOOST_TEST(found.captions_of_picture.at_1 == 1.0 / 3);
  BOOST_TEST(found.captions_of_picture.at_5 == 1.0);
  BOOST_TEST(found.captions_of_picture.median_rank == 2.0);
  BOOST_TEST(found.captions_of_picture.queries == 3u);
  BOOST_TEST(found.picture_of_caption.at_1 == 0.25);
  BOOST_TEST(found.picture_of_caption.at_5 == 1.0);
  BOOST_TEST(found.picture_of_caption.median_rank == 2.5);
  BOOST_TEST(found.picture_of_caption.queries == 4u);
  // All alike: every wrong one stands before the right one.
  const Retrieval flat = retrieval(std::vector<double>(12, 0.5), 3, picture_of);
  BOOST_TEST(flat.picture_of_caption.median_rank == 3.0);
  BOOST_TEST(flat.captions_of_picture.median_rank == 4.0);

  BOOST_CHECK_THROW(retrieval(scores, 4, picture_of), std::invalid_argument);
  BOOST_CHECK_THROW(retrieval(scores, 3, std::vector<std::size_t>{0, 0, 1, 3}),
                    std::invalid_argument);
  BOOST_CHECK_THROW(retrieval(scores, 3, std::vector<std::size_t>{0, 0, 1, 1}),
                    std::invalid_argument);
  BOOST_CHECK_THROW(
      retrieval(std::vector<double>(12, std::numeric_limits<double>::quiet_NaN()), 3, picture_of),
      std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
