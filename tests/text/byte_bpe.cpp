#include "text/subwords/byte_bpe.hpp"

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/base/parallel.hpp"
#include "autograd/random.hpp"
#include "tests/text/temporary_folder.hpp"
#include "text/subwords/byte_alphabet.hpp"
#include "text/subwords/byte_bpe_files.hpp"
#include "text/subwords/learn_bpe.hpp"
#include "text/subwords/piece_encoder.hpp"
#include "text/subwords/tokenizer_json.hpp"
#include "text/subwords/valid_text.hpp"

using namespace tapestry;
using tapestry::testing::message_of;
using tapestry::testing::TemporaryFolder;

namespace {

/// The pieces with a bar between.
std::string pieces(PiecePattern pattern, std::string_view text) {
  std::string result;
  for (std::size_t at = 0, end = 0; at < text.size(); at = end) {
    end = piece_end(pattern, text, at);
    result += (at == 0 ? "" : "|") + std::string(text.substr(at, end - at));
  }
  return result;
}
std::string gpt2(std::string_view text) { return pieces(PiecePattern::gpt2, text); }
std::string cl100k(std::string_view text) { return pieces(PiecePattern::cl100k, text); }

constexpr std::string_view prose =
    "It is not what the weather was that the others had whether they'd seen it there or then. "
    "The other brothers thought that those three things would rather weather the winter together; "
    "\u65e5\u672c\u8a9e\u306e\u65e5\u672c\u3001\u65e5\u672c\u8a9e  na\u00efve na\u00efve 1984 1985 "
    "aaaaaaa aaaaa aaa banana bananas\n\n\tthe the  the   the";

ByteBpeModel model_of(std::size_t merges, PiecePattern pattern = PiecePattern::gpt2) {
  WordCounts counts;
  count_pieces(prose, pattern, counts);
  return learn_byte_bpe(counts, merges, pattern);
}

/// Text of parts that merges like, of random bytes, or of the prose.
std::string random_text(Rng& rng) {
  static const std::vector<std::string> parts{
      "a",      "aa", "th", "the",  "er", " ",      "  ",   "\n",   "'s", "'S",     "\u65e5",
      "\u672c", "\t", "1",  "1984", "!!", " weath", "\xff", "\xe6", "n",  "\u00e9", "\r\n"};
  std::string text;
  const std::size_t kind = rng.below(3), length = rng.below(40);
  if (kind == 2) return std::string(prose.substr(rng.below(prose.size()), 3 * length));
  for (std::size_t i = 0; i < length; ++i)
    text += kind == 0 ? rng.pick(parts) : std::string(1, static_cast<char>(rng.below(256)));
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(byte_bpe)

BOOST_AUTO_TEST_CASE(pattern_of_gpt2) {
  BOOST_TEST(gpt2("Hello world, it's 42 we'll") == "Hello| world|,| it|'s| 42| we|'ll");
  BOOST_TEST(gpt2("a  b   c") == "a| | b|  | c"); // the last space belongs to the word
  BOOST_TEST(gpt2("a \n b  ") == "a| \n| b|  ");
  BOOST_TEST(gpt2("IT'S x'sy ''s") == "IT|'|S| x|'s|y| ''|s");
  BOOST_TEST(gpt2("na\u00efve\u65e5\u672c12\u00b2!?") == "na\u00efve\u65e5\u672c|12\u00b2|!?");
  BOOST_TEST(gpt2("a\u00a0b\u3000\u3000c") == "a|\u00a0|b|\u3000|\u3000|c");
  BOOST_TEST(gpt2("e\u0301x") == "e|\u0301|x"); // a mark is no letter
  BOOST_TEST(gpt2("a\xff\xfe b") == "a|\xff\xfe| b");
  BOOST_TEST(gpt2("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ@[`{") ==
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ|@[`{");
}

BOOST_AUTO_TEST_CASE(patterns_of_cl100k) {
  BOOST_TEST(cl100k("Hello world, IT'S 12345") == "Hello| world|,| IT|'S| |123|45");
  BOOST_TEST(cl100k("(word !!\n\nx") == "(word| !!\n\n|x");
  BOOST_TEST(cl100k("a \n\n  b") == "a| \n\n| | b");
  BOOST_TEST(cl100k("'\u017fx \tword") == "'\u017f|x| |\tword");
  BOOST_TEST(cl100k("a \n ") == "a| \n "); // at the end of the text, all of the spaces
  BOOST_TEST(pieces(PiecePattern::llama3, "a \n ") == "a| \n| ");
  BOOST_TEST(cl100k("\nword") == "\n|word");
  for (const auto pattern : {PiecePattern::gpt2, PiecePattern::cl100k, PiecePattern::llama3})
    BOOST_TEST((pattern_of(expression_of(pattern)) == pattern));
}

BOOST_AUTO_TEST_CASE(a_cut_changes_no_piece) {
  Rng rng(5);
  for (int i = 0; i < 300; ++i) {
    const std::string text = random_text(rng);
    const std::size_t cut = safe_cut(text, rng.below(text.size() + 1));
    for (const auto pattern : {PiecePattern::gpt2, PiecePattern::cl100k, PiecePattern::llama3}) {
      const std::string left = pieces(pattern, text.substr(0, cut));
      const std::string right = pieces(pattern, text.substr(cut));
      BOOST_TEST(left + (left.empty() || right.empty() ? "" : "|") + right ==
                 pieces(pattern, text));
    }
  }
}

BOOST_AUTO_TEST_CASE(alphabet) {
  BOOST_TEST(spell_bytes(" a\n\x7f\xad") == "\u0120a\u010a\u0121\u0143");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  BOOST_TEST((unspell_bytes(spell_bytes(all)) == all));
  BOOST_TEST(!unspell_bytes(" ").has_value());
  BOOST_TEST(!unspell_bytes("\u65e5").has_value());
  BOOST_TEST(!unspell_bytes("\xc4").has_value());
}

BOOST_AUTO_TEST_CASE(fast_and_plain_agree) {
  Rng rng(7);
  for (const auto pattern : {PiecePattern::gpt2, PiecePattern::cl100k})
    for (const std::size_t merges : {0, 5, 60, 400}) {
      const ByteBpe fast(model_of(merges, pattern), {.invalid = InvalidUtf8::keep});
      for (int i = 0; i < 150; ++i) {
        const std::string text = random_text(rng);
        const Encoding encoding = fast.encode(text);
        BOOST_TEST(encoding.ids == fast.encode_plain(text), boost::test_tools::per_element());
        BOOST_TEST(fast.decode(encoding.ids) == text);
      }
    }
}

// Merges in any order: a pair may come before what makes its parts, and may be made in two ways.
BOOST_AUTO_TEST_CASE(merges_in_any_order) {
  Rng rng(9);
  bool ordered = false, unordered = false;
  for (int round = 0; round < 60; ++round) {
    std::vector<std::string> tokens;
    for (int byte = 0; byte < 256; ++byte) tokens.emplace_back(1, static_cast<char>(byte));
    std::vector<std::string> texts{"a", "b", "c"};
    std::vector<std::pair<std::string, std::string>> parts;
    for (int i = 0; i < 12; ++i) {
      const std::string left = rng.pick(texts), right = rng.pick(texts);
      if (std::find(parts.begin(), parts.end(), std::pair{left, right}) != parts.end()) continue;
      parts.emplace_back(left, right);
      if (std::find(texts.begin(), texts.end(), left + right) == texts.end())
        texts.push_back(left + right), tokens.push_back(left + right);
    }
    if (round % 2 == 1) rng.shuffle(parts);
    const auto id = [&](const std::string& text) {
      return static_cast<int>(std::find(tokens.begin(), tokens.end(), text) - tokens.begin());
    };
    std::vector<Merge> merges;
    for (const auto& [left, right] : parts)
      merges.push_back({id(left), id(right), id(left + right)});
    const MergeTable table(tokens, merges);
    const PieceEncoder encoder(table);
    (encoder.in_order() ? ordered : unordered) = true;
    PieceMemory memory;
    for (int i = 0; i < 60; ++i) {
      std::string piece;
      for (std::size_t n = 1 + rng.below(20); n > 0; --n)
        piece += static_cast<char>('a' + static_cast<char>(rng.below(3)));
      std::vector<int> ids;
      encoder.encode(piece, ids, memory);
      BOOST_TEST(ids == encode_plain(table, piece), boost::test_tools::per_element());
    }
  }
  BOOST_TEST(ordered);
  BOOST_TEST(unordered);
}

BOOST_AUTO_TEST_CASE(threads_change_nothing) {
  const ByteBpe tokenizer(model_of(200));
  std::string text;
  Rng rng(3);
  while (text.size() < 600'000) text += random_text(rng);
  const std::size_t threads = thread_count();
  std::vector<std::vector<int>> ids(3);
  for (const std::size_t n : {1, 2, 3}) {
    set_thread_count(n);
    tokenizer.encode_ids(text, ids[n - 1]);
  }
  set_thread_count(threads);
  BOOST_TEST((ids[0] == ids[1] && ids[0] == ids[2]));
}

BOOST_AUTO_TEST_CASE(a_long_piece) {
  const ByteBpe tokenizer(model_of(100));
  const std::string text(300'000, 'a');
  std::vector<int> ids;
  tokenizer.encode_ids(text, ids);
  BOOST_TEST(tokenizer.decode(ids) == text);
}

BOOST_AUTO_TEST_CASE(invalid_utf8) {
  // Python: b"a\xe6\x97b\xff\xf0\x9f\x98c".decode("utf-8", "replace") == "a\ufffdb\ufffd\ufffdc"
  const std::string text = "a\xe6\x97"
                           "b\xff\xf0\x9f\x98"
                           "c";
  const ValidText valid(text);
  BOOST_TEST(valid.text() == "a\ufffdb\ufffd\ufffdc");
  BOOST_TEST(ValidText("\xed\xa0\x80|\xe0\x80|\xc3").text() ==
             "\ufffd\ufffd\ufffd|\ufffd\ufffd|\ufffd");
  const ByteBpe replacing(model_of(0));
  const Encoding encoding = replacing.encode(text);
  BOOST_TEST(replacing.decode(encoding.ids) == valid.text());
  const std::vector<Span> spans{{0, 1}, {1, 3}, {1, 3}, {1, 3}, {3, 4}, {4, 5},
                                {4, 5}, {4, 5}, {5, 8}, {5, 8}, {5, 8}, {8, 9}};
  BOOST_TEST((encoding.spans == spans));
  const ByteBpe keeping(model_of(0), {.invalid = InvalidUtf8::keep});
  BOOST_TEST(keeping.decode(keeping.encode(text).ids) == text);
  const ByteBpe refusing(model_of(0), {.invalid = InvalidUtf8::refuse});
  BOOST_TEST(message_of<std::invalid_argument>([&] { refusing.encode(text); }) ==
             "the text is not UTF-8: byte 1 is 0xe6");
}

BOOST_AUTO_TEST_CASE(spans_and_special_tokens) {
  const ByteBpeModel model = model_of(300);
  const std::string text = "the weather<|endoftext|>there <|end";
  const int end = model.special.at("<|endoftext|>");
  const ByteBpe plain(model), special(model, {.special_in_text = true});
  for (const ByteBpe* tokenizer : {&plain, &special}) {
    const Encoding encoding = tokenizer->encode(text);
    std::string joined;
    std::size_t ends = 0;
    for (std::size_t i = 0; i < encoding.ids.size(); ++i) {
      const Span span = encoding.spans[i];
      BOOST_TEST(tokenizer->decode(std::vector<int>{encoding.ids[i]}) ==
                 text.substr(span.begin, span.end - span.begin));
      ends += encoding.ids[i] == end;
    }
    BOOST_TEST(ends == (tokenizer == &special ? 1u : 0u));
    BOOST_TEST(encoding.ids == tokenizer->encode_plain(text), boost::test_tools::per_element());
  }
  BOOST_TEST(plain.size() == model.tokens.size() + 1);
  BOOST_TEST(message_of<std::out_of_range>([&] {
               plain.decode(std::vector<int>{-1});
             }).starts_with("no token has id -1; the ids are 0 to "));
}

BOOST_AUTO_TEST_CASE(files) {
  const TemporaryFolder folder;
  for (const auto pattern : {PiecePattern::gpt2, PiecePattern::cl100k, PiecePattern::llama3}) {
    ByteBpeModel model = model_of(120, pattern);
    const ByteBpe tokenizer(model);
    tokenizer.save(folder.path("tokenizer.json"));
    BOOST_TEST((read_tokenizer_json(folder.path("tokenizer.json")) == model));
    write_gpt2(folder.path("encoder.json"), folder.path("vocab.bpe"), model);
    ByteBpeModel read = read_gpt2(folder.path("encoder.json"), folder.path("vocab.bpe"));
    read.pattern = pattern;
    BOOST_TEST((read == model));
    write_ranks(folder.path("ranks"), model);
    const ByteBpe ranks(read_ranks(folder.path("ranks"), pattern, model.special));
    BOOST_TEST(ranks.encode(prose).ids == tokenizer.encode(prose).ids,
               boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(whole_pieces) {
  ByteBpeModel model = model_of(0);
  model.special.clear();
  model.tokens.push_back("xyz"); // no merge makes it
  BOOST_TEST(ByteBpe(model).encode("xyz").ids.size() == 3u);
  model.whole_pieces = true;
  const ByteBpe tokenizer(model);
  BOOST_TEST(tokenizer.encode("xyz").ids.size() == 1u);
  BOOST_TEST(tokenizer.encode("xyzz").ids.size() == 4u);
  BOOST_TEST(tokenizer.encode_plain("xyz").size() == 1u);
}

BOOST_AUTO_TEST_CASE(broken_files) {
  const TemporaryFolder folder;
  write_gpt2(folder.path("e"), folder.path("v"), model_of(20));
  const std::string lines = read_file(folder.path("v")), ids = read_file(folder.path("e"));
  const auto gpt2_error = [&](const std::string& encoder, const std::string& merges) {
    const std::string e = folder.write("e1", encoder), v = folder.write("v1", merges);
    return message_of<FormatError>([&] { read_gpt2(e, v); });
  };
  const std::string v = folder.path("v1"), e = folder.path("e1");
  BOOST_TEST(gpt2_error(ids, lines + "abc\n") ==
             v + ": line 22: expected two parts with a space between");
  BOOST_TEST(gpt2_error(ids, lines + "q q\n") == v + ": line 22: \"qq\" is no token of " + e);
  const std::string first = lines.substr(14, lines.find('\n', 14) - 14);
  BOOST_TEST(gpt2_error(ids, lines + first + "\n") ==
             v + ": line 22: \"" + first + "\" is there already");
  BOOST_TEST(gpt2_error("{\"a\": 1, \"a\": 2}", lines) == e + ": \"a\" stands twice in one object");
  BOOST_TEST(gpt2_error("{\"a\": 1, \"b\": 1}", "") == e + ": \"b\": the id 1 stands twice");
  BOOST_TEST(gpt2_error("", "").starts_with(e + ": byte 1: expected JSON"));
  BOOST_TEST(gpt2_error("{\"a\": 0}", "").find("has no token") != std::string::npos);
  BOOST_TEST(gpt2_error("{\"a\": 99999999999}", "").find("expected an id") != std::string::npos);

  const auto rank_error = [&](const std::string& text) {
    const std::string path = folder.write("r", text);
    return message_of<FormatError>([&] { read_ranks(path, PiecePattern::cl100k); })
        .substr(path.size());
  };
  BOOST_TEST(rank_error("YQ== 0\nYQ= 1\n") == ": line 2: expected a token in base 64");
  BOOST_TEST(rank_error("YQ==\n") == ": line 1: expected a space and a rank from 0 to 9999999");
  BOOST_TEST(rank_error("YQ== 0\nYQ== 1\n") == ": line 2: the token stands on line 1 already");
  BOOST_TEST(rank_error("YQ== 0\nYg== 0\n") == ": line 2: the rank 0 is there already");
  BOOST_TEST(rank_error("") == ": the byte 0x00 has no token");

  ByteBpe(model_of(20)).save(folder.path("t"));
  const std::string json = read_file(folder.path("t"));
  const auto json_error = [&](const std::string& from, const std::string& to) {
    std::string text = json;
    const std::size_t at = text.find(from);
    BOOST_REQUIRE(at != text.npos);
    const std::string path = folder.write("j", text.replace(at, from.size(), to));
    return message_of<FormatError>([&] { read_tokenizer_json(path); }).substr(path.size());
  };
  BOOST_TEST(json_error("\"type\": \"BPE\"", "\"type\": \"Unigram\"") ==
             ": a model of type Unigram is not supported; expected BPE");
  BOOST_TEST(json_error("\"normalizer\": null", "\"normalizer\": {\"type\": \"Lowercase\"}") ==
             ": the normalizer Lowercase is not supported");
  BOOST_TEST(json_error("\"byte_fallback\": false", "\"byte_fallback\": true") ==
             ": \"byte_fallback\" is true: this is not supported");
  BOOST_TEST(json_error("\"lstrip\": false", "\"lstrip\": true") ==
             ": \"lstrip\" is true: this is not supported");
}

BOOST_AUTO_TEST_CASE(broken_models) {
  ByteBpeModel model = model_of(3);
  model.special["x"] = 97;
  BOOST_TEST(message_of<std::invalid_argument>([&] { ByteBpe{model}; }) ==
             "special token x: the id 97 is another token's");
  model.special.clear();
  model.merges.push_back(model.merges[0]);
  BOOST_TEST(
      message_of<std::invalid_argument>([&] { ByteBpe{model}; }).ends_with("are merged already"));
  model.merges.back() = {97, 98, 99};
  BOOST_TEST(message_of<std::invalid_argument>([&] { ByteBpe{model}; }) ==
             "merge 3: token 99 is not 97 and 98 together");
}

BOOST_AUTO_TEST_SUITE_END()
