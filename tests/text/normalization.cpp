#include "text/tokens/normalization.hpp"

#include <cstdlib>
#include <memory>

#include <boost/test/unit_test.hpp>
#include <utf8proc.h>

#include "autograd/base/error.hpp"
#include "hostile_text.hpp"
#include "temporary_folder.hpp"
#include "text/tokens/unicode.hpp"
#include "text/tokens/utf8.hpp"

using namespace tapestry;
using namespace tapestry::testing;
using enum Normalization;

namespace {

std::string after(std::string_view text, std::vector<Normalization> steps) {
  return normalized(text, std::move(steps)).text();
}

/// The original of the one place where `part` stands now.
std::string source(std::string_view original, std::vector<Normalization> steps,
                   std::string_view part) {
  const AlignedText now = normalized(original, std::move(steps));
  const std::size_t at = now.text().find(part);
  BOOST_REQUIRE(at != std::string::npos);
  const Span span = now.original({at, at + part.size()});
  return std::string(original.substr(span.begin, span.end - span.begin));
}

/// Composing the whole text at once, which knows of no alignment.
std::string composed_at_once(const std::string& text, bool compatible) {
  const int options =
      UTF8PROC_STABLE | UTF8PROC_COMPOSE | (compatible ? static_cast<int>(UTF8PROC_COMPAT) : 0);
  utf8proc_uint8_t* out = nullptr;
  const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                   static_cast<utf8proc_ssize_t>(text.size()), &out,
                                   static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner{out, &std::free};
  return {reinterpret_cast<const char*>(out), static_cast<std::size_t>(length)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(normalization)

BOOST_AUTO_TEST_CASE(each_step) {
  BOOST_TEST(after("cafe\u0301", {nfc}) == "café");
  BOOST_TEST(after("ﬁn ① ½ Ａ", {nfc}) == "ﬁn ① ½ Ａ");
  BOOST_TEST(after("ﬁn ① ½ Ａ", {nfkc}) == "fin 1 1\u20442 A");
  BOOST_TEST(after("ÄRGER ΑΘΉΝΑ İ", {lower_case}) == "ärger αθήνα i");
  BOOST_TEST(after("Ünlü café がく", {strip_accents}) == "Unlu cafe かく");
  BOOST_TEST(after("cafe\u0301 \u0301x", {strip_accents}) == "cafe x");
  BOOST_TEST(after("Ünlü", {strip_accents, lower_case}) == "unlu");
  BOOST_TEST(after("", {nfc, nfkc, lower_case, strip_accents}) == "");
}

BOOST_AUTO_TEST_CASE(the_way_back) {
  BOOST_TEST(source("un cafe\u0301 noir", {nfc}, "é") == "e\u0301");
  BOOST_TEST(source("un cafe\u0301 noir", {nfc}, "noir") == "noir");
  BOOST_TEST(source("CAFE\u0301 \u212aG", {nfc, lower_case, strip_accents}, "cafe") ==
             "CAFE\u0301");
  BOOST_TEST(source("CAFE\u0301 \u212aG", {nfc, lower_case, strip_accents}, "kg") == "\u212aG");
  BOOST_TEST(source("eﬃcient", {nfkc}, "f") == "ﬃ"); // all of what a part came from
  BOOST_TEST(source("eﬃcient", {nfkc}, "ic") == "ﬃc");
  BOOST_TEST(source("\uff76\uff9e\uff76", {nfkc}, "ガ") == "\uff76\uff9e");
  BOOST_TEST(source("İSTANBUL", {lower_case}, "s") == "S");
  BOOST_TEST(source("a\xff"
                    "b\xfe\xfe!",
                    {lower_case, nfc}, "b\ufffd") == "b\xfe");
  BOOST_TEST(source("x\xff\xfe!", {nfc}, "!") == "!");
}

BOOST_AUTO_TEST_CASE(bad_bytes_refused) {
  const auto refuse = [](std::string_view text) {
    return message_of<FormatError>([&] { AlignedText(text, BadBytes::refuse); });
  };
  BOOST_TEST(refuse("abc\xe2\x82") == "byte 3: 0xe2 is not UTF-8");
  BOOST_TEST(refuse("é\xff") == "byte 2: 0xff is not UTF-8");
  BOOST_TEST(refuse("é\ufffd") == "");
}

BOOST_AUTO_TEST_CASE(names_and_bounds) {
  for (const Normalization step : {nfc, nfkc, lower_case, strip_accents})
    BOOST_TEST((normalization_named(to_string(step)) == step));
  BOOST_TEST(message_of<std::invalid_argument>([] { normalization_named("NFD"); }) ==
             "normalization: \"NFD\"; expected nfc, nfkc, lower_case, strip_accents");
  const AlignedText text("abc");
  BOOST_TEST(message_of<std::out_of_range>([&] {
               text.original({2, 4});
             }) == "original: bytes 2 to 4 of a text of 3");
  BOOST_CHECK_THROW(text.original({2, 1}), std::out_of_range);
  BOOST_TEST((text.original({3, 3}) == Span{3, 3}));
  BOOST_TEST((text.original({1, 1}) == Span{1, 1}));
  BOOST_TEST((AlignedText("").original({0, 0}) == Span{0, 0}));
}

// Composing in chunks is composing: nothing is cut apart that belongs together.
BOOST_AUTO_TEST_CASE(as_composing_at_once) {
  Rng rng(5);
  for (int round = 0; round < 5000; ++round) {
    const std::string valid = AlignedText(hostile_text(rng, 30)).text();
    BOOST_REQUIRE_EQUAL(after(valid, {nfc}), composed_at_once(valid, false));
    BOOST_REQUIRE_EQUAL(after(valid, {nfkc}), composed_at_once(valid, true));
    BOOST_REQUIRE_EQUAL(after(valid, {nfc}), encode_utf8(decode_utf8(valid)));
  }
}

// Whatever the steps: parts of the text that follow each other come from parts of the original that
// follow each other or are the same, and what was not changed comes from itself.
BOOST_AUTO_TEST_CASE(parts_keep_their_order) {
  Rng rng(6);
  for (int round = 0; round < 3000; ++round) {
    const std::string original = hostile_text(rng);
    std::vector<Normalization> steps;
    for (std::size_t n = rng.below(4); n > 0; --n)
      steps.push_back(static_cast<Normalization>(rng.below(4)));
    const AlignedText now = normalized(original, steps);
    const std::string& text = now.text();
    Span last;
    for (std::size_t at = 0; at < text.size();) {
      const CodePoint c = code_point_at(text, at);
      BOOST_REQUIRE(c.valid);
      const Span span = now.original({at, at + c.bytes});
      BOOST_REQUIRE(span.begin <= span.end && span.end <= original.size());
      BOOST_REQUIRE(span.begin >= last.end || span == last);
      const std::string part = original.substr(span.begin, span.end - span.begin);
      if (c.value < 0x80 && part.size() == 1) // byte for byte
        BOOST_REQUIRE_EQUAL(std::tolower(part[0]), std::tolower(text[at]));
      if (steps.empty() && AlignedText(part).text() != text.substr(at, c.bytes))
        BOOST_FAIL("the wrong part");
      // What it comes from becomes it again, unless its neighbours have a hand in it.
      if (c.value < 0x300 && !part.empty())
        BOOST_REQUIRE(normalized(part, steps).text().find(text.substr(at, c.bytes)) !=
                      std::string::npos);
      last = span;
      at += c.bytes;
    }
    const Span whole = now.original({0, text.size()});
    if (steps.empty()) BOOST_REQUIRE((whole == Span{0, original.size()}));
  }
}

// Unlimited, sorting these would take minutes.
BOOST_AUTO_TEST_CASE(very_many_marks) {
  std::string text = "a";
  for (int i = 0; i < 50'000; ++i) text += i % 2 ? "\u0301" : "\u0323";
  BOOST_TEST(after(text, {nfc}) == encode_utf8(decode_utf8(text)));
  BOOST_TEST(after(text, {nfkc, strip_accents}).starts_with("a"));
}

BOOST_AUTO_TEST_SUITE_END()
