#include "text/tokens/word_tokenizer.hpp"

#include <random>

#include <boost/test/unit_test.hpp>

#include "text/tokens/utf8.hpp"

using namespace tapestry;

namespace {

/// The tokens with a bar between, so that one comparison shows all of them.
std::string tokens(std::string_view text) {
  std::string result;
  for (const std::string& token : tokenize_words(text))
    result += (result.empty() ? "" : "|") + token;
  return result;
}

std::string rejoined(std::string_view text) { return join_words(tokenize_words(text)); }

} // namespace

BOOST_AUTO_TEST_SUITE(word_tokenizer)

BOOST_AUTO_TEST_CASE(words_and_marks) {
  BOOST_TEST(tokens("A child, in a pink dress.") == "a|child|,|in|a|pink|dress|.");
  BOOST_TEST(tokens("  two\tspaces \n") == "two|spaces");
  BOOST_TEST(tokens("") == "");
  BOOST_TEST(tokens("wait...") == "wait|.|.|.");
  BOOST_TEST(tokens("<unk>") == "<|unk|>"); // text cannot smuggle a special word in
}

BOOST_AUTO_TEST_CASE(apostrophes_and_hyphens_only_inside_words) {
  BOOST_TEST(tokens("It's a well-known rock'n'roll T-shirt") ==
             "it's|a|well-known|rock'n'roll|t-shirt");
  BOOST_TEST(tokens("'hello' -5 dogs' a- --") == "'|hello|'|-|5|dogs|'|a|-|-|-");
  BOOST_TEST(tokens("it\u2019s well\u2010known") == "it's|well-known");
}

BOOST_AUTO_TEST_CASE(english_endings_written_apart) {
  BOOST_TEST(tokens("the man 's hat, they 're") == "the|man|'s|hat|,|they|'re");
  BOOST_TEST(tokens("a 'slide'") == "a|'|slide|'");
}

BOOST_AUTO_TEST_CASE(unicode) {
  BOOST_TEST(tokens("ÉCOLE Straße ÑANDÚ ¿Qué?") == "école|straße|ñandú|¿|qué|?");
  BOOST_TEST(tokens("ΑΘΉΝΑ Москва 東京") == "αθήνα|москва|東京");
  BOOST_TEST(tokens("caf\u0065\u0301") == "caf\u00e9"); // typed as two code points: the same word
  BOOST_TEST(tokens("x\u0304y") == "x\u0304y");         // no composed form exists
  BOOST_TEST(tokens("I\u2764\ufe0fyou") == "i|\u2764\ufe0f|you");
  BOOST_TEST(tokens("\u0301a") == "\u0301|a");
  BOOST_TEST(tokens("a\u00a0b\u3000c\u2028d") == "a|b|c|d");
  BOOST_TEST(tokens("\ufeffco\u00adop") == "coop"); // byte order mark, soft hyphen
}

BOOST_AUTO_TEST_CASE(invalid_bytes_become_replacement_characters) {
  BOOST_TEST(tokens("a\xff"
                    "b") == "a|\ufffd|b");
  BOOST_TEST(tokens("\xe2\x82") == "\ufffd|\ufffd");            // cut short
  BOOST_TEST(tokens("\xed\xa0\x80") == "\ufffd|\ufffd|\ufffd"); // a surrogate
  BOOST_TEST(tokens(std::string_view{"a\0b", 3}) == "a|b");
  BOOST_TEST(encode_utf8(std::u32string{0x110000, U'a'}) == "\ufffd"
                                                            "a");
}

BOOST_AUTO_TEST_CASE(any_bytes_give_valid_tokens) {
  std::mt19937 bits{7}; // the engine's numbers are the same everywhere; its distributions are not
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (int i = 0; i < 60; ++i) text += static_cast<char>(bits() >> 24);
    for (const std::string& token : tokenize_words(text)) {
      BOOST_REQUIRE(!token.empty());
      BOOST_REQUIRE(encode_utf8(decode_utf8(token)) == token);
    }
  }
}

BOOST_AUTO_TEST_CASE(joining) {
  BOOST_TEST(rejoined("A dog , a cat ; and ( maybe ) a cow !") ==
             "a dog, a cat; and (maybe) a cow!");
  BOOST_TEST(rejoined("he said \" go home \" twice .") == "he said \"go home\" twice.");
  BOOST_TEST(rejoined("the man 's hat isn't well-known") == "the man's hat isn't well-known");
  BOOST_TEST(join_words({}) == "");
  BOOST_TEST(rejoined(".") == ".");
}

BOOST_AUTO_TEST_CASE(joining_loses_no_token) {
  for (const char* text : {"a sign that says \"stop\", (or so) it's said: 50% off!",
                           "¿qué? [x] 3.5", "dogs' toys... and \"two\" \"pairs\""})
    BOOST_TEST(tokens(rejoined(text)) == tokens(text));
}

// Unlimited, sorting these would take minutes.
BOOST_AUTO_TEST_CASE(very_many_marks) {
  std::string text = "a";
  for (int i = 0; i < 100'000; ++i) text += i % 2 ? "\xcc\x81" : "\xcc\xa3";
  const auto words = tokenize_words(text);
  BOOST_REQUIRE(words.size() == 1u);
  BOOST_TEST(tokenize_words(words[0]) == words); // and what comes out stays
  std::string thirty = "a";
  for (int i = 0; i < 30; ++i) thirty += "\xcc\xa3"; // as many as are left alone
  BOOST_TEST(encode_utf8(decode_utf8(thirty)).find("\xcd\x8f") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
