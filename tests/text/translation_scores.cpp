// Metrics of translations against sacrebleu and multi-bleu.perl:
// tests/fixtures/make_translation_scores.py.
#include <cmath>
#include <fstream>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "text/metrics/chrf.hpp"
#include "text/metrics/translation_bleu.hpp"
#include "text/metrics/translation_tokens.hpp"

using namespace tapestry;
using Lines = std::vector<std::string>;

namespace {

const nlohmann::json& translations_fixture() {
  static const auto json = nlohmann::json::parse(
      std::ifstream{std::string{TAPESTRY_FIXTURES} + "/translation_scores.json"});
  return json;
}

BleuSmoothing smoothing_of(const std::string& name) {
  if (name == "floor") return BleuSmoothing::floor;
  if (name == "add-k") return BleuSmoothing::add_k;
  return name == "none" ? BleuSmoothing::none : BleuSmoothing::exp;
}

// A score is up to 100 and a sum of a few terms: 1e-9 is far more than rounding.
bool is_close(double got, double wanted) { return std::abs(got - wanted) < 1e-9; }

} // namespace

BOOST_AUTO_TEST_SUITE(translation_scores)

BOOST_AUTO_TEST_CASE(words_as_sacrebleu) {
  for (const auto& line : translations_fixture()["tokens"]) {
    const auto text = line["line"].get<std::string>();
    BOOST_TEST_CONTEXT(text)
    BOOST_TEST(tokens_13a(text) == line["words"].get<Lines>(), boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(bleu_as_sacrebleu) {
  for (const auto& [name, one] : translations_fixture()["cases"].items())
    for (const auto& wanted : one["bleu"]) {
      TranslationBleuOptions options{.tokenized = wanted["tokenize"] == "none",
                                     .lower_case = wanted["lower"],
                                     .smoothing = smoothing_of(wanted["smooth"]),
                                     .effective_order = wanted["effective"]};
      if (!wanted["value"].is_null()) options.smooth_value = wanted["value"].get<double>();
      const TranslationBleu bleu = translation_bleu(
          one["hypotheses"].get<Lines>(), one["references"].get<std::vector<Lines>>(), options);
      BOOST_TEST_CONTEXT(name << " " << bleu.signature << " " << bleu.score << " "
                              << wanted["score"]) {
        BOOST_TEST(is_close(bleu.score, wanted["score"]));
        BOOST_TEST(is_close(bleu.brevity_penalty, wanted["penalty"]));
        for (std::size_t n = 0; n < 4; ++n)
          BOOST_TEST(is_close(bleu.precision[n], wanted["precisions"][n]));
        BOOST_TEST(bleu.counts.hypothesis_length == wanted["hypothesis_length"]);
        BOOST_TEST(bleu.counts.reference_length == wanted["reference_length"]);
        BOOST_TEST(bleu.signature == wanted["signature"].get<std::string>());
      }
    }
}

BOOST_AUTO_TEST_CASE(bleu_as_multi_bleu) {
  int compared = 0;
  for (const auto& [name, one] : translations_fixture()["cases"].items()) {
    if (!one.contains("multi_bleu")) continue;
    const TranslationBleu bleu = translation_bleu(
        one["hypotheses"].get<Lines>(), one["references"].get<std::vector<Lines>>(),
        {.tokenized = true, .smoothing = BleuSmoothing::none});
    BOOST_TEST_CONTEXT(name) BOOST_TEST(is_close(bleu.score, one["multi_bleu"]));
    ++compared;
  }
  BOOST_TEST(compared >= 8);
}

BOOST_AUTO_TEST_CASE(chrf_as_sacrebleu) {
  for (const auto& [name, one] : translations_fixture()["cases"].items())
    for (const auto& wanted : one["chrf"]) {
      const Chrf found =
          chrf(one["hypotheses"].get<Lines>(), one["references"].get<std::vector<Lines>>(),
               {.order = wanted["order"],
                .beta = wanted["beta"],
                .whitespace = wanted["space"],
                .lower_case = wanted["lower"]});
      BOOST_TEST_CONTEXT(name << " " << found.signature << " " << found.score << " "
                              << wanted["score"]) {
        BOOST_TEST(is_close(found.score, wanted["score"]));
        BOOST_TEST(found.signature == wanted["signature"].get<std::string>());
      }
    }
}

BOOST_AUTO_TEST_CASE(bad_text_is_scored) {
  const Lines broken{"a \xFF\xC3 b c d"};
  const std::vector<Lines> right{broken};
  // A perfect match; 100 within the rounding of exp and log.
  BOOST_TEST(is_close(translation_bleu(broken, right).score, 100));
  BOOST_TEST(is_close(translation_bleu(broken, right, {.lower_case = true}).score, 100));
  BOOST_TEST(is_close(chrf(broken, right).score, 100));
}

BOOST_AUTO_TEST_CASE(misuse_of_scores_is_refused) {
  const Lines one{"a"};
  BOOST_TEST(translation_bleu({}, {}).score == 0);
  BOOST_TEST(chrf({}, {}).score == 0);
  BOOST_CHECK_THROW(translation_bleu(one, {}), std::invalid_argument);
  BOOST_CHECK_THROW(translation_bleu(one, std::vector<Lines>(1)), std::invalid_argument);
  BOOST_CHECK_THROW(translation_bleu(one, std::vector<Lines>{one}, {.smooth_value = -1}),
                    std::invalid_argument);
  BOOST_CHECK_THROW(chrf(one, {}), std::invalid_argument);
  BOOST_CHECK_THROW(chrf(one, std::vector<Lines>(1)), std::invalid_argument);
  BOOST_CHECK_THROW(chrf(one, std::vector<Lines>{one}, {.order = 0}), std::invalid_argument);
  BOOST_CHECK_THROW(chrf(one, std::vector<Lines>{one}, {.beta = 0}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
