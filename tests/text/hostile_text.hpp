// Texts that a tokenizer meets once it is used by others, and random ones made of such parts.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "autograd/random.hpp"

namespace tapestry::testing {

using namespace std::string_view_literals;

inline constexpr std::array hostile_parts{
    "a"sv, "B"sv, "don't"sv, "3.14"sv, "1,000"sv, " "sv, "  "sv, "\t"sv, "\n"sv, "\r\n"sv, "."sv,
    ","sv, "'"sv, "-"sv, "\""sv, "``"sv, "''"sv, "_"sv, "<end>"sv, "("sv, "\0"sv,
    // letters that compose, decompose, change their length or their looks
    "é"sv, "e\u0301"sv, "\u0301"sv, "\u0323"sv, "q\u0307\u0323"sv, "İ"sv, "ı"sv, "ß"sv, "ẞ"sv,
    "ﬁ"sv, "①"sv, "½"sv, "Ａ"sv, "\u212a"sv, "\u0344"sv, "\u00a8"sv, "\u1112"sv, "\u1161"sv,
    "\u11ab"sv, "하"sv, "\u3131"sv, "\u314f"sv, "\uff76"sv, "\uff9e"sv, "が"sv, "か\u3099"sv,
    "\u0958"sv, "\u09c7"sv, "\u09be"sv, "\u0f77"sv, "\ufb2c"sv, "\u2126"sv, "\U0001D15E"sv,
    "\ufdfa"sv,
    // no spaces, or strange ones
    "日"sv, "明るい"sv, "ナア"sv, "・"sv, "\u3000"sv, "\u00a0"sv, "\u200b"sv, "\u200d"sv,
    "\u00ad"sv, "\ufeff"sv, "\u034f"sv, "\u2028"sv, "\U0001F469\u200D\U0001F467"sv, "\U0001F1E9"sv,
    "\U0001F3FD"sv,
    // not UTF-8
    "\xff"sv, "\xc3"sv, "\xe2\x82"sv, "\xed\xa0\x80"sv, "\xf0\x9f"sv, "\x80"sv, "\xfe"sv, "\xfd"sv,
    "\xef\xbf\xbd"sv};

/// Up to `most` parts, one after the other.
inline std::string hostile_text(Rng& rng, std::size_t most = 12) {
  std::string text;
  for (std::size_t n = rng.below(most + 1); n > 0; --n)
    text += hostile_parts[rng.below(hostile_parts.size())];
  return text;
}

} // namespace tapestry::testing
