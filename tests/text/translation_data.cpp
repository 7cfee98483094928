// From parallel text to batches of a translation model.
#include "text/corpora/translation_data.hpp"

#include <algorithm>
#include <numeric>
#include <set>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "tests/text/temporary_folder.hpp"
#include "text/corpora/caption_pairs.hpp"
#include "text/corpora/translation_split.hpp"
#include "text/subwords/subword_tokenizer.hpp"
#include "text/tokens/vocabulary_tokenizer.hpp"

using namespace tapestry;
using tapestry::testing::message_of;
using tapestry::testing::TemporaryFolder;

namespace {

const std::vector<SentencePair> greetings{
    {"¿Qué tal?", "How are you?"}, {"Hola.", "Hello."},         {"Hola, María.", "Hello, Mary."},
    {"Buenas.", "Hello."},         {"\u200b", "Nothing here."}, {"uno dos tres", "one two three"}};

std::vector<SentencePair> numbered_pairs(std::size_t n) {
  std::vector<SentencePair> pairs;
  for (std::size_t i = 0; i < n; ++i) {
    const std::string number = std::to_string(i);
    pairs.push_back({"frase " + number, "Sentence " + number + "."});
  }
  return pairs;
}

VocabularyTokenizer words_of_side(std::span<const SentencePair> pairs,
                                  std::string SentencePair::*side) {
  PieceCounter counter({.split = Split::whitespace});
  for (const SentencePair& pair : pairs) counter.add(pair.*side);
  return counter.tokenizer();
}

} // namespace

BOOST_AUTO_TEST_SUITE(translation_data)

BOOST_AUTO_TEST_CASE(words_with_spaces_and_back) {
  const TextOptions options{.normalize = {Normalization::nfc, Normalization::lower_case}};
  BOOST_TEST(spaced_words("Hello,  Mary: it's 3.5 km.", options) == "hello , mary : it's 3.5 km .");
  BOOST_TEST(spaced_words("E\u0301l", options) == "\u00e9l"); // composed
  BOOST_TEST(spaced_words("a\xff", options) == "a \ufffd");
  BOOST_CHECK_THROW(spaced_words("a\xff", {.bad_bytes = BadBytes::refuse}), FormatError);
  BOOST_TEST(written("hello , mary : it's 3.5 km .") == "hello, mary: it's 3.5 km.");
  BOOST_TEST(written("").empty());
}

BOOST_AUTO_TEST_CASE(parts_share_no_target) {
  auto pairs = numbered_pairs(5000);
  for (const SentencePair& pair : numbered_pairs(5000)) {
    pairs.push_back({"otra", pair.target});
    pairs.push_back({"OTRA", "S" + pair.target.substr(1)});
    pairs.back().target[1] = 'E'; // letters of another case make no other sentence
  }
  const TranslationParts parts = split_by_target(pairs, {.dev = 20, .test = 10});
  BOOST_TEST(parts.train.size() + parts.dev.size() + parts.test.size() == pairs.size());
  const auto targets = [](const std::vector<SentencePair>& part) {
    std::set<std::string> all;
    for (const SentencePair& pair : part) {
      std::string target = pair.target;
      target[1] = 'e';
      all.insert(target);
    }
    return all;
  };
  const auto train = targets(parts.train), dev = targets(parts.dev), test = targets(parts.test);
  BOOST_TEST(train.size() + dev.size() + test.size() == 5000u);
  // Four deviations of a binomial: 500 +- 85, and 19 in 20 of the rest: 225 +- 59.
  BOOST_TEST(std::abs(static_cast<double>(test.size()) - 500) < 85);
  BOOST_TEST(std::abs(static_cast<double>(dev.size()) - 225) < 59);
  BOOST_TEST(split_by_target(pairs, {.dev = 0, .test = 0}).train.size() == pairs.size());
  BOOST_CHECK_THROW(split_by_target(pairs, {.test = 1}), std::invalid_argument);
}

// A split that moved would make old and new scores incomparable: this is what it was at first.
BOOST_AUTO_TEST_CASE(the_split_never_changes) {
  std::string parts;
  for (int i = 0; i < 60; ++i)
    parts +=
        "tds"[static_cast<int>(part_of("Sentence " + std::to_string(i), {.dev = 4, .test = 4}))];
  BOOST_TEST(parts == "tttttttsstdtsststtttttttttdtsttdtddtststttttsttstdttttddttst");
  BOOST_TEST((part_of("E\u0301l", {}) == part_of("\u00c9L", {})));
}

BOOST_AUTO_TEST_CASE(pairs_as_ids) {
  const auto pairs = spaced_words(greetings, {});
  const VocabularyTokenizer source = words_of_side(pairs, &SentencePair::source),
                            target = words_of_side(pairs, &SentencePair::target);
  const EncodedPairs encoded = encode_pairs(pairs, source, target, {.source = 3, .target = 3});
  BOOST_TEST(encoded.empty == 1u);    // U+200B is no word
  BOOST_TEST(encoded.too_long == 2u); // four words with the marks, on both sides of one pair
  BOOST_TEST((encoded.number == std::vector<std::size_t>{1, 3, 5}));
  for (std::size_t i = 0; i < encoded.number.size(); ++i) {
    const auto& [from, to] = pairs[encoded.number[i]];
    BOOST_TEST(source.decode(encoded.source[i]) == from);
    BOOST_TEST(target.decode(encoded.target[i]) == to);
    BOOST_TEST(encoded.source[i].back() == Vocabulary::end_id);
    BOOST_TEST(encoded.target[i].front() == Vocabulary::start_id);
    BOOST_TEST(encoded.target[i].back() == Vocabulary::end_id);
  }
}

BOOST_AUTO_TEST_CASE(one_vocabulary_for_both_sides) {
  const auto pairs = spaced_words(greetings, {});
  std::vector<std::string> texts;
  for (const auto& [from, to] : pairs) texts.push_back(from), texts.push_back(to);
  const SubwordTokenizer both = learn_subwords(texts, 20);
  const EncodedPairs encoded = encode_pairs(pairs, both, both);
  BOOST_TEST(encoded.number.size() == 5u);
  for (std::size_t i = 0; i < encoded.number.size(); ++i) {
    BOOST_TEST(both.decode(encoded.source[i]) == pairs[encoded.number[i]].source);
    BOOST_TEST(both.decode(encoded.target[i]) == pairs[encoded.number[i]].target);
  }
}

BOOST_AUTO_TEST_CASE(a_sentence_of_100000_tokens_is_left_out) {
  std::string endless;
  for (int i = 0; i < 100'000; ++i) endless += "a ";
  const std::vector<SentencePair> pairs{{endless, "a"}, {"a", endless}, {"a", "a"}};
  const SubwordTokenizer tokenizer = learn_subwords(std::vector<std::string>{"a"}, 5);
  const EncodedPairs encoded = encode_pairs(pairs, tokenizer, tokenizer);
  BOOST_TEST(encoded.too_long == 2u);
  BOOST_TEST((encoded.number == std::vector<std::size_t>{2}));
}

BOOST_AUTO_TEST_CASE(a_batch_of_pairs) {
  EncodedPairs pairs;
  pairs.source = {{5, 2}, {6, 7, 8, 2}, {9, 4, 2}};
  pairs.target = {{1, 4, 5, 2}, {1, 6, 2}, {1, 2}};
  pairs.number = {10, 11, 12};
  const std::vector<std::size_t> places{2, 0, 1};
  const TranslationBatch batch = translation_batch(pairs, places);
  BOOST_TEST((batch.numbers == std::vector<std::size_t>{12, 10, 11}));
  BOOST_TEST((batch.target == Indices{{1, 1, 1}, {2, 4, 6}, {0, 5, 2}, {0, 2, 0}}));
  // Packed: the longest first, time by time.
  BOOST_TEST((batch.source.data == Indices{6, 9, 5, 7, 4, 2, 8, 2, 2}));
  BOOST_TEST((batch.source.layout->sorted_indices == Indices{2, 0, 1}));
  BOOST_CHECK_THROW(translation_batch(pairs, {}), std::invalid_argument);
  BOOST_CHECK_THROW(translation_batch(pairs, std::vector<std::size_t>{3}), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(batches_by_sentences_and_by_tokens) {
  EncodedPairs pairs;
  Rng rng(1);
  for (std::size_t i = 0; i < 500; ++i) {
    pairs.source.emplace_back(2 + rng.below(20), 5);
    pairs.target.emplace_back(2 + rng.below(20), 5);
    pairs.number.push_back(i);
  }
  for (const LengthBatchOptions& options :
       {LengthBatchOptions{.batch_size = 32}, {.batch_size = 500, .most_steps = 400}}) {
    std::vector<std::size_t> seen;
    for (const auto& batch : translation_batches(pairs, options, rng)) {
      std::size_t longest = 0;
      for (const std::size_t i : batch)
        longest = std::max(longest, pairs.source[i].size() + pairs.target[i].size());
      BOOST_TEST(batch.size() <= options.batch_size);
      if (options.most_steps) BOOST_TEST(longest * batch.size() <= options.most_steps);
      seen.insert(seen.end(), batch.begin(), batch.end());
    }
    std::sort(seen.begin(), seen.end());
    BOOST_TEST(seen == pairs.number);
  }
}

BOOST_AUTO_TEST_CASE(captions_in_two_languages) {
  const TemporaryFolder folder;
  folder.write("Flickr8k.token.txt", "a.png#0\tA ring.\na.png#1\tOne ring.\nb.png#0\tA star.\n");
  folder.write("spanish.token.txt", "b.png#0\tUna estrella.\na.png#1\tUn solo anillo.\n"
                                    "a.png#0\tUn anillo.\n");
  folder.write("Flickr_8k.trainImages.txt", "a.png\n");
  folder.write("Flickr_8k.devImages.txt", "b.png\n");
  folder.write("Flickr_8k.testImages.txt", "");
  const CaptionPairParts parts = read_caption_parts(folder.path());
  const std::vector<CaptionPair> train{{"a.png", {"Un solo anillo.", "One ring."}},
                                       {"a.png", {"Un anillo.", "A ring."}}};
  BOOST_TEST((parts.train == train));
  BOOST_TEST((sentences_of(parts.dev) == std::vector<SentencePair>{{"Una estrella.", "A star."}}));
  BOOST_TEST(parts.test.empty());

  const auto problem = [&] {
    return message_of<FormatError>([&] { read_caption_parts(folder.path()); });
  };
  folder.write("Flickr_8k.testImages.txt", "c.png\n");
  BOOST_TEST(problem().ends_with("no caption for c.png in spanish.token.txt"));
  folder.write("spanish.token.txt", "a.png#0\tUn anillo.\na.png#1\tUn solo anillo.\n");
  BOOST_TEST(problem().find("spanish.token.txt: no b.png#0, which ") != std::string::npos);
  folder.write("spanish.token.txt", "a.png#0\tUn anillo.\na.png#2\tUno.\nb.png#0\tUna.\n");
  BOOST_TEST(problem().find("Flickr8k.token.txt: no a.png#2, which ") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
