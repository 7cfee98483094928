#include "expect.hpp"

#include <string>
#include <vector>

#include "text/subwords/byte_alphabet.hpp"

using namespace tapestry;

namespace {

void expect_point(const std::string& what, std::size_t byte, char32_t wanted) {
  expect_equal(what, static_cast<double>(byte_alphabet()[byte]), static_cast<double>(wanted));
}

void expect_bytes(const std::string& what, const std::string& text, const std::string& wanted) {
  const auto bytes = unspell_bytes(text);
  std::vector<double> numbers;
  for (const char c : bytes.value_or("")) numbers.push_back(static_cast<unsigned char>(c));
  expect(what, bytes.has_value(), "nothing came back");
  expect(what, *bytes == wanted, "other bytes came back", numbers);
}

void expect_nothing(const std::string& what, const std::string& text) {
  const auto bytes = unspell_bytes(text);
  expect(what, !bytes, "bytes came back: \"" + bytes.value_or("") + "\"",
         {static_cast<double>(bytes.value_or("").size())});
}

} // namespace

STEP("bytes that can be seen") {
  expect_point("!, the first", 0x21, U'!');
  expect_point("k", 'k', U'k');
  expect_point("~, the last of ASCII", 0x7E, U'~');
  expect_point("0xA1", 0xA1, 0xA1);
  expect_point("0xAC", 0xAC, 0xAC);
  expect_point("0xAE", 0xAE, 0xAE);
  expect_point("0xFF", 0xFF, 0xFF);
}

STEP("bytes that cannot") {
  expect_point("0x00", 0x00, 0x100);
  expect_point("a line feed", 0x0A, 0x10A);
  expect_point("a space", 0x20, 0x120);
  expect_point("0x7F", 0x7F, 0x121);
  expect_point("0x80", 0x80, 0x122);
  expect_point("0xA0", 0xA0, 0x142);
  expect_point("0xAD", 0xAD, 0x143);
}

STEP("the way back") {
  expect_bytes("letters", "bread", "bread");
  expect_bytes("a space and letters", "\u0120bread", " bread");
  expect_bytes("two lines", "a\u010ab", "a\nb");
  expect_bytes("a character that has its own number", "\u00ff\u00a1", "\xff\xa1");
  expect_bytes("no text", "", "");
}

STEP("all bytes there and back") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  expect_bytes("256 bytes", spell_bytes(all), all);
}

STEP("what is not of the alphabet") {
  expect_nothing("a space", "a b");
  expect_nothing("a line feed", "a\n");
  expect_nothing("the byte 0x7F", "\x7f");
  expect_nothing("the soft hyphen itself", "\u00ad");
  expect_nothing("U+0144, one too far", "\u0144");
  expect_nothing("a kanji", "\u660e");
  expect_nothing("a cut sequence", "a\xc4");
  expect_nothing("a byte that is no character", "\xff");
}

STEP("a use: a line of GPT-2's merges") {
  expect_bytes("the first half", "\u0120th", " th");
  expect_bytes("the second half", "er", "er");
  expect_bytes("half of an e with an accent", "\u00c3", "\xc3");
}
