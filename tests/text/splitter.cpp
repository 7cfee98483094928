#include "text/tokens/splitter.hpp"

#include <cstdlib>
#include <fstream>

#include <boost/test/unit_test.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/file.hpp"
#include "hostile_text.hpp"
#include "temporary_folder.hpp"
#include "text/tokens/lines.hpp"
#include "text/tokens/unicode.hpp"

using namespace tapestry;
using namespace tapestry::testing;
using enum Normalization;
using nlohmann::json;

namespace {

/// The pieces with a bar between, so that one comparison shows all of them.
std::string barred(const std::vector<Piece>& pieces) {
  std::string result;
  for (const Piece& piece : pieces) result += (result.empty() ? "" : "|") + piece.text;
  return result;
}

std::string words(std::string_view text) { return barred(split_words(text)); }

constexpr std::array all_splits{Split::whitespace, Split::words, Split::treebank,
                                Split::characters};

} // namespace

BOOST_AUTO_TEST_SUITE(splitter)

BOOST_AUTO_TEST_CASE(whitespace) {
  BOOST_TEST(barred(split_whitespace("  my  \"sentence\".\t\u3000it's\n")) ==
             "my|\"sentence\".|it's");
  BOOST_TEST(barred(split_whitespace("")) == "");
  BOOST_TEST(barred(split_whitespace(" \n ")) == "");
}

BOOST_AUTO_TEST_CASE(words_and_marks) {
  BOOST_TEST(words("Don't stop,  she said: \"go-ahead\"...") ==
             "Don't|stop|,|she|said|:|\"|go-ahead|\"|.|.|.");
  BOOST_TEST(words("l\u2019été Ankara'ya rock'n'roll dogs' 'em a--b -x") ==
             "l\u2019été|Ankara'ya|rock'n'roll|dogs|'|'|em|a|-|-|b|-|x");
  BOOST_TEST(words("3.14 1,000,000.5 a.b 3.a .5 3. x3.5") ==
             "3.14|1,000,000.5|a|.|b|3|.|a|.|5|3|.|x3.5");
  BOOST_TEST(words("fünfhundertfünfundfünfzig evlerimizden") ==
             "fünfhundertfünfundfünfzig|evlerimizden");
}

BOOST_AUTO_TEST_CASE(no_spaces) {
  BOOST_TEST(words("明日は明るい。") == "明|日|は|明|る|い|。");
  BOOST_TEST(words("ナアのTシャツ・コーヒー") == "ナア|の|T|シャツ|・|コーヒー");
  BOOST_TEST(words("한국어 단어") == "한국어|단어");
}

BOOST_AUTO_TEST_CASE(strange_characters) {
  BOOST_TEST(words("e\u0301te\u0301 \u0301x") == "e\u0301te\u0301|\u0301|x");
  BOOST_TEST(words("co\u00adop \u00adx a\u200bb\ufeff") == "co\u00adop|x|a|b\ufeff");
  BOOST_TEST(words("hi\U0001F469\u200D\U0001F467\U0001F1E9\U0001F1EA!") ==
             "hi|\U0001F469\u200D\U0001F467|\U0001F1E9\U0001F1EA|!");
  BOOST_TEST(words("a\xff"
                   "b") == "a|\ufffd|b");
}

BOOST_AUTO_TEST_CASE(characters) {
  BOOST_TEST(barred(split_characters("e\u0301 a\r\n")) == "e\u0301| |a|\r\n");
}

BOOST_AUTO_TEST_CASE(names) {
  for (const Split split : all_splits) BOOST_TEST((split_named(to_string(split)) == split));
  BOOST_TEST(message_of<std::invalid_argument>([] { split_named("word"); }) ==
             "split: \"word\"; expected whitespace, words, treebank, characters");
}

BOOST_AUTO_TEST_CASE(through_normalisation) {
  const std::string text = "ﬁne CAFE\u0301\xff";
  const auto pieces =
      split_pieces(text, {.split = Split::words, .normalize = {nfkc, lower_case, strip_accents}});
  BOOST_TEST(barred(pieces) == "fine|cafe|\ufffd");
  BOOST_TEST((pieces[0].span == Span{0, 5}));
  BOOST_TEST((pieces[1].span == Span{6, 12}));
  BOOST_TEST((pieces[2].span == Span{12, 13}));
}

// NLTK's TreebankWordTokenizer: tests/fixtures/make_treebank.py.
BOOST_AUTO_TEST_CASE(treebank_as_nltk) {
  const json fixture = json::parse(read_file(TAPESTRY_FIXTURES "/treebank.json"));
  for (const json& sentence : fixture["sentences"]) {
    const auto text = sentence["text"].get<std::string>();
    std::vector<Piece> wanted;
    for (const json& piece : sentence["pieces"]) wanted.push_back({piece[0], {piece[1], piece[2]}});
    const auto pieces = split_treebank(text);
    BOOST_TEST((pieces == wanted), text << " gave " << barred(pieces));
  }
}

// The tokens of whole corpora, if there are such, by their digest.
BOOST_AUTO_TEST_CASE(treebank_on_corpora) {
  const char* folder = std::getenv("TAPESTRY_DATA");
  if (folder == nullptr) {
    BOOST_TEST_MESSAGE("skipped: TAPESTRY_DATA is not set");
    return;
  }
  const json fixture = json::parse(read_file(TAPESTRY_FIXTURES "/treebank.json"));
  for (const auto& [name, wanted] : fixture["corpora"].items()) {
    const std::string path = std::string(folder) + "/" + name;
    if (!std::ifstream(path)) continue;
    std::uint64_t value = 0xcbf29ce484222325, tokens = 0;
    for (const std::string& line : split_lines(read_file(path)))
      for_each_piece(line, {.split = Split::treebank}, [&](std::string_view piece, Span) {
        ++tokens;
        for (const char c : std::string(piece) + '\n')
          value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
      });
    BOOST_TEST(tokens == wanted["tokens"].get<std::uint64_t>(), name);
    BOOST_TEST(fmt::format("{:016x}", value) == wanted["fnv1a"].get<std::string>(), name);
  }
}

// On any text: spans in order, not empty, on the bytes of their pieces; together they are the text
// but for spaces and what cannot be seen.
BOOST_AUTO_TEST_CASE(pieces_are_the_text) {
  Rng rng(8);
  for (int round = 0; round < 4000; ++round) {
    const std::string text = hostile_text(rng);
    for (const Split split : all_splits) {
      std::size_t at = 0;
      const auto only_spaces = [&](std::size_t end) {
        while (at < end) {
          const CodePoint c = code_point_at(text, at);
          if (!is_space(c.value) && !is_invisible(c.value)) return false;
          at += c.bytes;
        }
        return at == end;
      };
      for (const Piece& piece : split_pieces(text, {.split = split})) {
        BOOST_REQUIRE(piece.span.begin < piece.span.end && piece.span.end <= text.size());
        BOOST_REQUIRE(only_spaces(piece.span.begin));
        if (split == Split::characters) BOOST_REQUIRE(piece.span.begin == at);
        at = piece.span.end;
        std::string part = AlignedText(text.substr(piece.span.begin, at - piece.span.begin)).text();
        if (piece.text == "``" || (piece.text == "''" && part == "\"")) part = piece.text;
        BOOST_REQUIRE_EQUAL(part, piece.text);
      }
      BOOST_REQUIRE(only_spaces(text.size()));
    }
  }
}

// With all steps in front of it: in order, inside, and no piece without its part.
BOOST_AUTO_TEST_CASE(spans_through_any_steps) {
  Rng rng(9);
  for (int round = 0; round < 3000; ++round) {
    const std::string text = hostile_text(rng);
    TextOptions options;
    for (std::size_t n = rng.below(4); n > 0; --n)
      options.normalize.push_back(static_cast<Normalization>(rng.below(4)));
    for (const Split split : all_splits) {
      options.split = split;
      Span last;
      for (const Piece& piece : split_pieces(text, options)) {
        BOOST_REQUIRE(piece.span.begin <= piece.span.end && piece.span.end <= text.size());
        BOOST_REQUIRE(piece.span.begin >= last.begin && piece.span.end >= last.end);
        BOOST_REQUIRE(!piece.text.empty());
        last = piece.span;
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
