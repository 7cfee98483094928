#include "text/tokens/vocabulary_tokenizer.hpp"

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "hostile_text.hpp"
#include "temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;
using enum Normalization;

namespace {

VocabularyTokenizer trained(std::string_view text, TextOptions options = {},
                            std::uint64_t min_count = 1, std::size_t max_words = SIZE_MAX) {
  PieceCounter counter(std::move(options));
  counter.add(text);
  return counter.tokenizer(min_count, max_words);
}

} // namespace

BOOST_AUTO_TEST_SUITE(vocabulary_tokenizer)

BOOST_AUTO_TEST_CASE(ids_spans_and_back) {
  const auto tokenizer = trained("the cat, the dog", {.normalize = {lower_case}});
  BOOST_TEST(tokenizer.size() == 8u); // four special ones; the, then by the alphabet: , cat dog
  const Encoding encoding = tokenizer.encode("The  CAT, a dog");
  BOOST_TEST(encoding.ids == (std::vector{4, 6, 5, Vocabulary::unk_id, 7}));
  BOOST_TEST((encoding.spans == std::vector<Span>{{0, 3}, {5, 8}, {8, 9}, {10, 11}, {12, 15}}));
  BOOST_TEST(tokenizer.decode(encoding.ids) == "the cat, <unk> dog");
  std::vector<int> ids{0};
  tokenizer.encode_ids("dog", ids);
  BOOST_TEST(ids == (std::vector{0, 7}));
  BOOST_TEST((tokenizer.encode("") == Encoding{}));
}

BOOST_AUTO_TEST_CASE(text_brings_no_special_word_in) {
  for (const Split split : {Split::whitespace, Split::words, Split::characters}) {
    const auto tokenizer = trained("a <end> <pad> a", {.split = split});
    for (const int id : tokenizer.encode("<end> <start> <pad> <unk> a").ids)
      BOOST_TEST(id >= Vocabulary::unk_id);
  }
  const auto tokenizer = trained("a <end> <pad> a", {.split = Split::whitespace});
  BOOST_TEST(tokenizer.size() == 5u);
  BOOST_TEST(tokenizer.encode("<end> a").ids == (std::vector{3, 4}));
}

BOOST_AUTO_TEST_CASE(the_most_frequent) {
  BOOST_TEST(trained("a b a c b a", {}, 2).size() == 6u);
  BOOST_TEST(trained("a b a c b a", {}, 1, 1).size() == 5u);
  BOOST_TEST(trained("a b a c b a", {}, 1, 1).vocabulary().contains("a"));
  BOOST_TEST(trained("b a", {}, 1, 1).vocabulary().contains("a")); // equally frequent: by bytes
  BOOST_TEST(trained("a <pad>", {.split = Split::whitespace}, 1, 1).vocabulary().contains("a"));
  BOOST_TEST(trained("a", {}, 1, 0).size() == 4u);
}

BOOST_AUTO_TEST_CASE(decoding) {
  const auto characters = trained("ab \n", {.split = Split::characters});
  BOOST_TEST(characters.decode(characters.encode("ba\na b").ids) == "ba\na b");
  const auto treebank = trained("\"Yes,\" he can't.", {.split = Split::treebank});
  BOOST_TEST(treebank.decode(treebank.encode("\"Yes,\" he can't.").ids) == "\"Yes,\" he ca n't.");
  const auto words = trained("so . far", {.split = Split::whitespace});
  BOOST_TEST(words.decode(words.encode("so . far").ids) == "so . far");
  const std::vector<int> ends{1, 4, 2, 5};
  BOOST_TEST(words.decode(ends) == words.vocabulary().word(4));
  for (const int wrong : {-1, 7})
    BOOST_TEST(message_of<std::out_of_range>([&] {
                 words.decode(std::vector{2, wrong});
               }).find(std::to_string(wrong)) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(saved_and_loaded) {
  const TemporaryFolder folder;
  const auto tokenizer = trained("Où \\ est\r\n l'été", {.split = Split::characters,
                                                         .normalize = {nfkc, strip_accents},
                                                         .bad_bytes = BadBytes::refuse});
  tokenizer.save(folder.path("t"));
  const auto back = VocabularyTokenizer::load(folder.path("t"));
  BOOST_TEST(back.to_text() == tokenizer.to_text());
  BOOST_TEST((back.encode("l'\u00e9te\u0301") == tokenizer.encode("l'\u00e9te\u0301")));
  BOOST_CHECK_THROW(back.encode("\xff"), FormatError);
}

BOOST_AUTO_TEST_CASE(broken_files) {
  const std::string good = trained("a b").to_text();
  const auto refused = [](const std::string& text) {
    return message_of<FormatError>([&] { VocabularyTokenizer::from_text(text, "t"); });
  };
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  BOOST_TEST(refused(good) == "");
  BOOST_TEST(refused("") == "t: line 1: expected \"tapestry vocabulary tokenizer 1\"");
  BOOST_TEST(refused(with("split words", "split word")) ==
             "t: line 2: split: \"word\"; expected whitespace, words, treebank, characters");
  BOOST_TEST(refused(with("normalize", "normalize nfc NFC")).starts_with("t: line 3: normal"));
  BOOST_TEST(refused(with("bad_bytes replace", "bad_bytes")) ==
             "t: line 4: bad_bytes: \"\"; expected replace, refuse");
  BOOST_TEST(refused(with("normalize", "steps")) == "t: line 3: expected normalize");
  BOOST_TEST(refused(with("<start>", "<begin>")) == "t: line 6: expected <start>");
  BOOST_TEST(refused(good + "a\n") == "t: line 11: \"a\" is there already");
  BOOST_TEST(refused(good.substr(0, good.find("<end>"))) == "t: line 7: expected <end>");
}

// What was learnt from a text has no unknown word in it; characters come back to the last byte.
BOOST_AUTO_TEST_CASE(any_text) {
  Rng rng(10);
  for (int round = 0; round < 500; ++round) {
    const std::string text = hostile_text(rng);
    for (const Split split :
         {Split::whitespace, Split::words, Split::treebank, Split::characters}) {
      const auto tokenizer = trained(text, {.split = split, .normalize = {nfc, lower_case}});
      const Encoding encoding = tokenizer.encode(text);
      BOOST_REQUIRE(encoding.ids.size() == encoding.spans.size());
      if (text.find("<end>") == std::string::npos)
        for (const int id : encoding.ids) BOOST_REQUIRE(id > Vocabulary::unk_id);
      if (split == Split::characters)
        BOOST_REQUIRE_EQUAL(tokenizer.decode(encoding.ids),
                            normalized(text, {nfc, lower_case}).text());
      BOOST_REQUIRE_EQUAL(VocabularyTokenizer::from_text(tokenizer.to_text()).to_text(),
                          tokenizer.to_text());
    }
  }
}

// A line of a million letters without a space is one piece, or a million; and in the same memory.
BOOST_AUTO_TEST_CASE(a_long_line) {
  const std::string line(1'000'000, 'x');
  for (const Split split : {Split::whitespace, Split::words, Split::treebank}) {
    const auto pieces = split_pieces(line, {.split = split, .normalize = {nfkc, lower_case}});
    BOOST_REQUIRE(pieces.size() == 1u);
    BOOST_TEST((pieces[0].span == Span{0, line.size()}));
  }
  BOOST_TEST(trained("x", {.split = Split::characters}).encode(line).ids.size() == line.size());
}

BOOST_AUTO_TEST_SUITE_END()
