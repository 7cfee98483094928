#include "text/subwords/segmenter.hpp"

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/parallel.hpp"
#include "tests/text/temporary_folder.hpp"
#include "text/subwords/learn_bpe.hpp"
#include "text/subwords/learn_bpe_plain.hpp"
#include "text/subwords/subword_tokenizer.hpp"

using namespace tapestry;
using tapestry::testing::message_of;
using tapestry::testing::TemporaryFolder;

namespace {

const std::map<std::string, std::int64_t> example{
    {"low", 5}, {"lower", 2}, {"newest", 6}, {"widest", 3}};

std::map<std::string, std::int64_t> as_map(const WordCounts& counts) {
  std::map<std::string, std::int64_t> map;
  for (std::size_t i = 0; i < counts.size(); ++i)
    map[std::string(counts.word(i))] = counts.count(i);
  return map;
}

std::string random_words(Rng& rng) {
  static const std::vector<std::string> parts{"a",    "b",    "aa",     "ab", "\u00f1", "\u65e5",
                                              "</w>", "@@",   "\xff",   " ",  " ",      "\n",
                                              "\r\n", "\x0b", "\u2028", "  ", "\t",     "abab"};
  std::string text;
  for (std::size_t n = rng.below(200); n > 0; --n) text += rng.pick(parts);
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(segmenter)

BOOST_AUTO_TEST_CASE(example_of_the_paper) {
  const std::vector<SymbolMerge> learned = learn_bpe_plain(example, 10);
  // Counted by hand: e s 9, es t</w> 9, l o 7, ... Of pairs as frequent, the greatest comes first.
  const std::string expected =
      "#version: 0.2\ns t</w>\ne st</w>\nl o\nw est</w>\nn e\nne west</w>\n"
      "lo w</w>\nw i\nwi d\nwid est</w>\n";
  BOOST_TEST(merges_text(learned) == expected);
  WordCounts counts;
  for (const auto& [word, count] : example) counts.add(word, count);
  BOOST_TEST((learn_bpe(counts, 10) == learned));
}

BOOST_AUTO_TEST_CASE(fast_and_plain_learn_the_same) {
  Rng rng(11);
  for (int i = 0; i < 40; ++i) {
    WordCounts counts;
    count_words(random_words(rng), counts);
    const std::int64_t min_count = 1 + static_cast<std::int64_t>(rng.below(3));
    BOOST_TEST(
        (learn_bpe(counts, 60, min_count) == learn_bpe_plain(as_map(counts), 60, min_count)));
  }
}

BOOST_AUTO_TEST_CASE(words_are_counted_alike_by_any_number_of_threads) {
  Rng rng(2);
  std::string text;
  while (text.size() < 400'000) text += random_words(rng);
  const std::size_t threads = thread_count();
  std::vector<std::map<std::string, std::int64_t>> counts;
  for (const std::size_t n : {1, 2, 5}) {
    set_thread_count(n);
    WordCounts of_n;
    count_words(text, of_n);
    counts.push_back(as_map(of_n));
  }
  set_thread_count(threads);
  BOOST_TEST((counts[0] == counts[1] && counts[0] == counts[2]));
}

BOOST_AUTO_TEST_CASE(words) {
  WordCounts counts;
  count_words("a b\ta  b\tb\r\na\u2028c a\n", counts);
  const std::map<std::string, std::int64_t> expected{
      {"a", 2}, {"b\ta", 1}, {"b\tb", 1}, {"a\u2028", 1}, {"c", 1}};
  BOOST_TEST((as_map(counts) == expected));
}

BOOST_AUTO_TEST_CASE(segmentation) {
  const Segmenter segmenter(learn_bpe_plain(example, 10));
  BOOST_TEST(segmenter.segment_text("lowest low  newer\n wider \n\n") ==
             "lo@@ west low ne@@ w@@ e@@ r\n wid@@ e@@ r \n\n");
  BOOST_TEST(join_subwords(segmenter.segment_text("lowest low newer\nwider")) ==
             "lowest low newer\nwider");
}

BOOST_AUTO_TEST_CASE(dropout) {
  const Segmenter segmenter(learn_bpe_plain(example, 10));
  Rng rng(6);
  BOOST_TEST((segmenter.segment("newest", 0, rng) == std::vector<std::string>{"newest"}));
  BOOST_TEST((segmenter.segment("newest", 1, rng).size() == 6u));
  std::size_t parts = 0;
  for (int i = 0; i < 200; ++i) parts += segmenter.segment("newest", 0.5, rng).size();
  BOOST_TEST(parts > 200u * 2);
  BOOST_TEST(parts < 200u * 6);
  BOOST_TEST(message_of<std::invalid_argument>([&] { segmenter.segment("a", 1.5, rng); }) ==
             "BPE-dropout of 1.5; expected a probability from 0 to 1");
}

BOOST_AUTO_TEST_CASE(a_vocabulary) {
  // newest is not in it, so it falls apart into ne@@ and west; west is not, so w@@ and est.
  const Segmenter segmenter(learn_bpe_plain(example, 10),
                            {.vocabulary = {"ne@@", "w@@", "est", "low"}});
  BOOST_TEST(segmenter.segment_text("newest low") == "ne@@ w@@ est low");
  BOOST_TEST(count_subwords("a@@ b a@@ c\nb") == "a@@ 2\nb 2\nc 1\n");
  const TemporaryFolder folder;
  const std::string path = folder.write("v", "a@@ 2\nb 2\nc 1\n");
  BOOST_TEST((read_subword_vocabulary(path, 2) == std::unordered_set<std::string>{"a@@", "b"}));
  folder.write("v", "a 2\nb\n");
  BOOST_TEST(message_of<FormatError>([&] { read_subword_vocabulary(path); }) ==
             path + ": line 2: expected a subword, a space and its count");
}

BOOST_AUTO_TEST_CASE(merges_files) {
  const TemporaryFolder folder;
  const std::vector<SymbolMerge> merges = learn_bpe_plain(example, 10);
  write_merges(folder.path("m"), merges);
  BOOST_TEST((read_merges(folder.path("m")) == merges));
  const auto error = [&](const std::string& text) {
    const std::string path = folder.write("b", text);
    return message_of<FormatError>([&] { read_merges(path); }).substr(path.size());
  };
  BOOST_TEST(error("#version: 0.2\na b\na b c\n") ==
             ": line 3: \"a b c\": expected two symbols with a space between");
  BOOST_TEST(error("#version: 0.2\n\n") ==
             ": line 2: \"\": expected two symbols with a space between");
  BOOST_TEST(error("a b\n") == ": line 1: expected \"#version: 0.2\"");
  BOOST_TEST(error("") == ": line 1: expected \"#version: 0.2\"");
}

BOOST_AUTO_TEST_CASE(long_words) {
  const Segmenter segmenter(learn_bpe_plain(example, 10));
  std::string word;
  for (int i = 0; i < 20'000; ++i) word += "lowest";
  BOOST_TEST(join_subwords(segmenter.segment_text(word)) == word);
}

BOOST_AUTO_TEST_CASE(ids_of_subwords) {
  const Segmenter segmenter(learn_bpe_plain(example, 10));
  const std::vector<std::vector<std::string>> subwords{{"lo@@", "lo@@", "west", "low", "ne@@"}};
  const SubwordTokenizer tokenizer(segmenter, Vocabulary(subwords));
  const auto id = [&](const char* subword) { return tokenizer.vocabulary().id(subword); };
  const Encoding encoding = tokenizer.encode(" lowest\u3000 low newest");
  BOOST_TEST(
      (encoding.ids == std::vector<int>{id("lo@@"), id("west"), id("low"), Vocabulary::unk_id}));
  BOOST_TEST((encoding.spans == std::vector<Span>{{1, 3}, {3, 7}, {11, 14}, {15, 21}}));
  BOOST_TEST(tokenizer.decode(std::vector<int>{1, id("lo@@"), id("west"), id("low"), 2, 4}) ==
             "lowest low");
  BOOST_CHECK_THROW(tokenizer.decode(std::vector<int>{8}), std::out_of_range);
  const TemporaryFolder folder;
  tokenizer.save(folder.path("t"));
  BOOST_TEST((SubwordTokenizer::load(folder.path("t")).encode("lowest newest") ==
              tokenizer.encode("lowest newest")));
  folder.write("t", "{}");
  BOOST_TEST(!message_of<FormatError>([&] { SubwordTokenizer::load(folder.path("t")); }).empty());
}

BOOST_AUTO_TEST_CASE(subwords_of_two_languages) {
  const std::vector<std::string> texts{"nation national", "naci\u00f3n nacional", "na 0na"};
  const SubwordTokenizer tokenizer = learn_subwords(texts, 6);
  for (const std::string& text : texts) {
    const std::vector<int> ids = tokenizer.encode(text).ids;
    BOOST_TEST(tokenizer.decode(ids) == text);
    BOOST_TEST(std::count(ids.begin(), ids.end(), Vocabulary::unk_id) == 0);
  }
  BOOST_TEST(tokenizer.encode("x").ids == std::vector<int>{Vocabulary::unk_id});
  BOOST_TEST(tokenizer.encode("nation").ids.size() < 6u);
  BOOST_TEST(learn_subwords({}, 10).size() == 4u);
}

BOOST_AUTO_TEST_SUITE_END()
