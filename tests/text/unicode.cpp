#include "text/tokens/unicode.hpp"

#include <string>

#include <boost/test/unit_test.hpp>
#include <utf8proc.h>

#include "autograd/random.hpp"
#include "text/tokens/utf8.hpp"

using namespace tapestry;

BOOST_AUTO_TEST_SUITE(unicode)

BOOST_AUTO_TEST_CASE(every_code_point_comes_back) {
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    const std::string bytes = encode_utf8({&c, 1});
    const CodePoint read = code_point_at(bytes, 0);
    if (read.value != c || read.bytes != bytes.size() || !read.valid)
      BOOST_FAIL("U+" << std::hex << static_cast<unsigned>(c));
    // What follows does not matter, what is missing does.
    if (bytes.size() > 1 && code_point_at({bytes.data(), bytes.size() - 1}, 0).valid)
      BOOST_FAIL("cut: U+" << std::hex << static_cast<unsigned>(c));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_utf8) {
  for (const char* bytes :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xF8\x88\x80\x80\x80", "\xFE",
        "\xFF", "\xC3(", "\xE2\x82(", "\xC3\xC3"}) {
    const CodePoint c = code_point_at(bytes, 0);
    BOOST_TEST(!c.valid);
    BOOST_TEST(c.bytes == 1u);
    BOOST_TEST(static_cast<unsigned>(c.value) == 0xFFFDu);
  }
  BOOST_TEST(code_point_at("\xEF\xBF\xBD", 0).valid); // a U+FFFD that is there
}

// Random bytes that are near to UTF-8, against utf8proc.
BOOST_AUTO_TEST_CASE(as_utf8proc_reads) {
  Rng rng(3);
  const std::string_view near = "\x7F\x80\x8F\x90\x9F\xA0\xBF\xC2\xDF\xE0\xED\xEF\xF0\xF4\xF5";
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (int i = 0; i < 5; ++i) text += near[rng.below(near.size())];
    utf8proc_int32_t value = 0;
    const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                        static_cast<utf8proc_ssize_t>(text.size()), &value);
    const CodePoint c = code_point_at(text, 0);
    BOOST_REQUIRE_EQUAL(c.valid, bytes > 0);
    if (c.valid) BOOST_REQUIRE_EQUAL(static_cast<utf8proc_int32_t>(c.value), value);
    BOOST_REQUIRE_EQUAL(c.bytes, c.valid ? static_cast<std::size_t>(bytes) : 1u);
  }
}

BOOST_AUTO_TEST_CASE(graphemes) {
  const auto first = [](std::string_view text) { return text.substr(0, grapheme_end(text, 0)); };
  BOOST_TEST(first("ab") == "a");
  BOOST_TEST(first("e\u0301x") == "e\u0301");
  BOOST_TEST(first("\r\nx") == "\r\n");
  BOOST_TEST(first("\n\r") == "\n");
  const std::string family = "\U0001F469\u200D\U0001F467\u200D\U0001F466";
  BOOST_TEST(first(family + "!") == family);
  BOOST_TEST(first("\U0001F1E9\U0001F1EA\U0001F1F9\U0001F1F7") == "\U0001F1E9\U0001F1EA"); // DE TR
  BOOST_TEST(first("\u1112\u1161\u11ab") == "\u1112\u1161\u11ab"); // one Korean syllable
  BOOST_TEST(first("\xFFx") == "\xFF");
}

BOOST_AUTO_TEST_CASE(kinds) {
  BOOST_TEST(is_letter_or_digit(U'\u00fc'));
  BOOST_TEST(!is_letter_or_digit(U'_'));
  BOOST_TEST(is_digit(U'\u0663'));
  BOOST_TEST(!is_digit(U'\u00bd'));
  BOOST_TEST(is_space(U'\u3000'));
  BOOST_TEST(!is_space(U'\u200b'));
  BOOST_TEST(is_invisible(U'\u00ad'));
  BOOST_TEST(is_mark(U'\u0301'));
  for (const char32_t c : {U'日', U'々', U'く', U'ぎ'}) BOOST_TEST(is_han_or_hiragana(c));
  for (const char32_t c : {U'ナ', U'ア', U'ー'}) BOOST_TEST(is_katakana(c));
  BOOST_TEST(!is_katakana(U'・'));
  BOOST_TEST(!is_han_or_hiragana(U'한'));
}

BOOST_AUTO_TEST_SUITE_END()
