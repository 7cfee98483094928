#include "expect.hpp"

#include <string>

#include "text/tokens/aligned_text.hpp"
#include "text/tokens/normalization.hpp"
#include "text/tokens/splitter.hpp"

using namespace tapestry;
using enum Normalization;

static void expect_span(const std::string& what, const Span& got, double begin, double end) {
  expect_equal(what + ": begin", static_cast<double>(got.begin), begin);
  expect_equal(what + ": end", static_cast<double>(got.end), end);
}

STEP("a text as it is") {
  const AlignedText text("clear water");
  expect_span("water", text.original({6, 11}), 6, 11);
  expect_span("the whole", text.original({0, 11}), 0, 11);
  expect_span("one letter", text.original({3, 4}), 3, 4);
}

STEP("after a letter that was joined to its accent") {
  const AlignedText text = normalized("un cafe\u0301 noir", std::vector{nfc}); // 3 bytes became 2
  expect_span("un", text.original({0, 2}), 0, 2);
  expect_span("é", text.original({6, 8}), 6, 9);
  expect_span("café", text.original({3, 8}), 3, 9);
  expect_span("noir", text.original({9, 13}), 10, 14);
}

STEP("a part of a unit stands for all of it") {
  const AlignedText text =
      normalized("\uFB01ne", std::vector{nfkc}); // fi was one character, 3 bytes
  expect_span("f", text.original({0, 1}), 0, 3);
  expect_span("i", text.original({1, 2}), 0, 3);
  expect_span("in", text.original({1, 3}), 0, 4);
}

STEP("many units in one run") {
  const AlignedText text("\xFF\xFE\xFDx"); // each bad byte became three
  expect_span("the first U+FFFD", text.original({0, 3}), 0, 1);
  expect_span("the second", text.original({3, 6}), 1, 2);
  expect_span("the second and the third", text.original({3, 9}), 1, 3);
  expect_span("x", text.original({9, 10}), 3, 4);
  const AlignedText accents = normalized("e\u0301e\u0301e\u0301", std::vector{nfc}); // 3 to 2
  expect_span("the third é", accents.original({4, 6}), 6, 9);
}

STEP("empty spans") {
  const AlignedText text("\xFF\xFEx");
  expect_span("at the beginning", text.original({0, 0}), 0, 0);
  expect_span("between the bad bytes", text.original({3, 3}), 1, 1);
  expect_span("at the end", text.original({7, 7}), 3, 3);
  const AlignedText ends("a\xFF");
  expect_span("at an end that is a bad byte", ends.original({4, 4}), 2, 2);
  expect_span("of an empty text", AlignedText("").original({0, 0}), 0, 0);
}

STEP("what is not in the text") {
  const AlignedText text("abc");
  expect_error<std::out_of_range>(
      "up to byte 74",
      [&] {
        text.original({2, 74});
      },
      "74");
  expect_error<std::out_of_range>(
      "from byte 85",
      [&] {
        text.original({85, 86});
      },
      "85");
  expect_error<std::out_of_range>(
      "the size",
      [&] {
        text.original({85, 86});
      },
      "3");
  expect_error<std::out_of_range>(
      "one byte too many",
      [&] {
        text.original({0, 4});
      },
      "4");
  expect_error<std::out_of_range>(
      "end before begin",
      [&] {
        text.original({2, 1});
      },
      "2");
}

STEP("a use: words and what the reader typed") {
  const std::string typed = "Deux CAFE\u0301S \uFB01ns\xFF";
  std::string parts;
  for (const Piece& piece :
       split_pieces(typed, {.split = Split::words, .normalize = {nfkc, lower_case, strip_accents}}))
    parts += typed.substr(piece.span.begin, piece.span.end - piece.span.begin) + "|";
  expect("the parts", parts == "Deux|CAFE\u0301S|\uFB01ns|\xFF|", "they are \"" + parts + "\"");
}
