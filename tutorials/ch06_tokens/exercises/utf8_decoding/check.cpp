#include "expect.hpp"

#include <string_view>

#include "text/tokens/aligned_text.hpp"
#include "text/tokens/unicode.hpp"

using namespace tapestry;
using namespace std::string_view_literals;

static void expect_point(const std::string& what, std::string_view text, std::size_t at,
                         double value, double bytes, bool valid = true) {
  const CodePoint c = code_point_at(text, at);
  expect_equal(what + ": the value", static_cast<double>(c.value), value);
  expect_equal(what + ": its bytes", static_cast<double>(c.bytes), bytes);
  expect(what + ": valid", c.valid == valid, valid ? "it is valid" : "it is not valid",
         {double(c.valid)});
}

static void expect_bad(const std::string& what, std::string_view text, std::size_t at = 0) {
  expect_point(what, text, at, 0xFFFD, 1, false);
}

STEP("one byte") {
  expect_point("k", "k", 0, 'k', 1);
  expect_point("the byte 0", "\0"sv, 0, 0, 1);
  expect_point("the byte 7F", "\x7F", 0, 0x7F, 1);
}

STEP("two, three and four bytes") {
  expect_point("ü", "\xC3\xBC", 0, 0xFC, 2);
  expect_point("明", "\xE6\x98\x8E", 0, 0x660E, 3);
  expect_point("a cow", "\xF0\x9F\x90\xAE", 0, 0x1F42E, 4);
}

STEP("in the middle of a text") {
  expect_point("the ü of Tür", "T\xC3\xBCr", 1, 0xFC, 2);
  expect_point("the r of Tür", "T\xC3\xBCr", 3, 'r', 1);
  expect_point("日 after 明", "\xE6\x98\x8E\xE6\x97\xA5", 3, 0x65E5, 3);
}

STEP("the least and the greatest of each length") {
  expect_point("U+0080", "\xC2\x80", 0, 0x80, 2);
  expect_point("U+07FF", "\xDF\xBF", 0, 0x7FF, 2);
  expect_point("U+0800", "\xE0\xA0\x80", 0, 0x800, 3);
  expect_point("U+D7FF", "\xED\x9F\xBF", 0, 0xD7FF, 3);
  expect_point("U+E000", "\xEE\x80\x80", 0, 0xE000, 3);
  expect_point("U+FFFF", "\xEF\xBF\xBF", 0, 0xFFFF, 3);
  expect_point("U+10000", "\xF0\x90\x80\x80", 0, 0x10000, 4);
  expect_point("U+10FFFF", "\xF4\x8F\xBF\xBF", 0, 0x10FFFF, 4);
}

STEP("a first byte that begins nothing") {
  expect_bad("80 80", "\x80\x80");
  expect_bad("BF BF", "\xBF\xBF");
  expect_bad("F8 90 80 80 80", "\xF8\x90\x80\x80\x80");
  expect_bad("F8 91 80 80", "\xF8\x91\x80\x80");
  expect_bad("FF 90 80 80", "\xFF\x90\x80\x80");
}

STEP("the text ends too early") {
  expect_bad("C3", "\xC3");
  expect_bad("E6 98 of 明", "\xE6\x98\x8E"sv.substr(0, 2));
  expect_bad("F0 9F 90 of a cow", "\xF0\x9F\x90\xAE"sv.substr(0, 3));
  expect_bad("E6 98 after four letters", "tomo\xE6\x98\x8E"sv.substr(0, 6), 4);
}

STEP("a further byte that is none") {
  expect_bad("C3 28", "\xC3(");
  expect_bad("C3 C3", "\xC3\xC3");
  expect_bad("E6 28 8E", "\xE6(\x8E");
  expect_bad("E6 98 28", "\xE6\x98(");
  expect_bad("F0 9F 90 41", "\xF0\x9F\x90"
                            "A");
  expect_bad("E6 D8 8E", "\xE6\xD8\x8E");
}

STEP("more bytes than the value needs") {
  expect_bad("C0 80", "\xC0\x80");
  expect_bad("C1 BF", "\xC1\xBF");
  expect_bad("E0 9F BF", "\xE0\x9F\xBF");
  expect_bad("F0 8F BF BF", "\xF0\x8F\xBF\xBF");
}

STEP("values that are no characters") {
  expect_bad("U+D800", "\xED\xA0\x80");
  expect_bad("U+DFFF", "\xED\xBF\xBF");
  expect_bad("U+110000", "\xF4\x90\x80\x80");
  expect_bad("F7 BF BF BF", "\xF7\xBF\xBF\xBF");
}

STEP("a U+FFFD that was there before") { expect_point("EF BF BD", "\xEF\xBF\xBD", 0, 0xFFFD, 3); }

STEP("a use: a text with a bad byte") {
  const AlignedText text("t\xC3\xBCr\xFF.");
  expect("the text", text.text() == "t\xC3\xBCr\xEF\xBF\xBD.", "it is \"" + text.text() + "\"");
  const Span span = text.original({7, 8});
  expect_equal("where the full stop stood", static_cast<double>(span.begin), 5);
}
