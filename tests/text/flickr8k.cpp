// The real captions, where they are at hand: TAPESTRY_DATA names a folder with flickr8k/ in it.
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "text/corpora/caption_corpus.hpp"
#include "text/metrics/caption_scores.hpp"

using namespace tapestry;

namespace {

/// As metric_reference.json says: lower case, split on spaces, no token without a letter or digit.
std::vector<std::string> reference_tokens(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  std::istringstream in{text};
  std::vector<std::string> tokens;
  for (std::string token; in >> token;)
    if (std::any_of(token.begin(), token.end(), [](unsigned char c) { return std::isalnum(c); }))
      tokens.push_back(token);
  return tokens;
}

} // namespace

BOOST_AUTO_TEST_CASE(flickr8k) {
  const char* data = std::getenv("TAPESTRY_DATA");
  if (!data) {
    BOOST_TEST_MESSAGE("skipped: TAPESTRY_DATA is not set");
    BOOST_TEST(true);
    return;
  }
  const std::string folder = std::string{data} + "/flickr8k";
  const CaptionCorpus corpus = read_corpus(folder, {.require_images = false});
  // 8,092 pictures, and the name 2258277193_586949ec62.jpg.1 of one caption, which no list holds.
  BOOST_TEST(read_caption_file(folder + "/Flickr8k.token.txt").size() == 8093u);
  BOOST_TEST(corpus.train.size() == 6000u);
  BOOST_TEST(corpus.test.size() == 1000u);
  BOOST_TEST(corpus.unlisted.size() == 93u);
  BOOST_TEST(corpus.unlisted_captions == 460u); // of 40,460

  std::vector<std::vector<std::string>> hypotheses;
  std::vector<std::vector<std::vector<std::string>>> references;
  for (const CaptionedImage& image : corpus.dev) {
    hypotheses.push_back(reference_tokens(image.captions.at(4)));
    auto& right = references.emplace_back();
    for (std::size_t i = 0; i < 4; ++i) right.push_back(reference_tokens(image.captions[i]));
  }
  const auto expected = nlohmann::json::parse(std::ifstream{
      folder + "/metric_reference.json"})["dev, hypothesis caption 4, references captions 0-3"];
  const CaptionScores scores = score_captions(hypotheses, references);
  for (std::size_t n = 1; n <= 4; ++n)
    BOOST_TEST(scores.bleu[n - 1] == expected["Bleu_" + std::to_string(n)].get<double>(),
               boost::test_tools::tolerance(1e-12));
  BOOST_TEST(scores.rouge_l == expected["ROUGE_L"].get<double>(),
             boost::test_tools::tolerance(1e-12));
  BOOST_TEST(scores.cider_d == expected["CIDEr"].get<double>(),
             boost::test_tools::tolerance(1e-12));
}
