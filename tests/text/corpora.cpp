// Labelled sentences, parallel ones, plain text, and batches of them.
#include <boost/test/unit_test.hpp>

#include <set>

#include "autograd/base/error.hpp"
#include "tests/text/temporary_folder.hpp"
#include "text/corpora/labelled_text.hpp"
#include "text/corpora/length_batches.hpp"
#include "text/corpora/parallel_text.hpp"
#include "text/corpora/stream_batches.hpp"
#include "text/corpora/text_stream.hpp"

using namespace tapestry;
using tapestry::testing::message_of;
using tapestry::testing::TemporaryFolder;

BOOST_AUTO_TEST_CASE(labelled_sentences) {
  const TemporaryFolder folder;
  const auto plain = read_labelled(folder.write("a", " good food \t1\r\n\nbad\t0"));
  BOOST_REQUIRE_EQUAL(plain.size(), 2);
  BOOST_TEST((plain[0] == LabelledText{"good food", "1"}));
  BOOST_TEST((label_names(plain) == std::vector<std::string>{"0", "1"}));
  BOOST_TEST(label_id(label_names(plain), "1") == 1);
  BOOST_CHECK_THROW(label_id(label_names(plain), "2"), std::invalid_argument);
  const auto glue = read_labelled(folder.write("b", "sentence\tlabel\na\t1\n"));
  BOOST_TEST(glue.size() == 1);
  const auto turned =
      read_labelled(folder.write("c", "1\tx\ta\n0\ty\tb\n"), {.text_column = 2, .label_column = 0});
  BOOST_TEST((turned[1] == LabelledText{"b", "0"}));
}

BOOST_AUTO_TEST_CASE(labelled_errors_name_the_line) {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& text) {
    const std::string path = folder.write("a", text);
    const std::string message = message_of<FormatError>([&] { read_labelled(path); });
    return message.substr(std::min(path.size() + 2, message.size()));
  };
  BOOST_TEST(error("a\t1\nb\n") == "line 2: 1 column; expected 2, with a tab between");
  BOOST_TEST(error("a\n") == "line 1: 1 column; expected at least 2, with a tab between");
  BOOST_TEST(error("a\t1\nb\t0\tc\n") == "line 2: 3 columns; expected 2, with a tab between");
  BOOST_TEST(error("a\t1\n \t0\n") == "line 2: no text in column 1");
  BOOST_TEST(error("a\t\n") == "line 1: no label in column 2");
  BOOST_TEST(error("") == "no sentences; expected TEXT<TAB>LABEL");
  BOOST_CHECK_THROW(LabelledReader(folder.write("b", "a\t1"), {.label_column = 0}),
                    std::invalid_argument);
  BOOST_CHECK_THROW(read_labelled(folder.path()), FormatError);
  BOOST_CHECK_THROW(read_labelled(folder.path("none")), FormatError);
}

BOOST_AUTO_TEST_CASE(parallel_sentences) {
  const TemporaryFolder folder;
  const auto one = read_parallel(folder.write("a", "Go.\tVe.\tCC-BY\n\nHi. \tHola.\n"));
  BOOST_REQUIRE_EQUAL(one.size(), 2);
  BOOST_TEST((one[0] == SentencePair{"Go.", "Ve."}));
  BOOST_TEST((one[1] == SentencePair{"Hi.", "Hola."}));
  const std::string en = folder.write("en", "Go.\n\nHi.\n"),
                    es = folder.write("es", "Ve.\n\nHola.");
  BOOST_TEST((read_parallel_files(en, es) == one));

  // Other columns, more of them in some lines; bytes that are not UTF-8 stay for the tokenizer.
  const std::string wide = folder.write("w", "1\tGo.\t\tVe.\tCC-BY\n2\tHi.\t-\tHo\xffla.\n");
  const auto turned = read_parallel(wide, {.source_column = 3, .target_column = 1});
  BOOST_TEST((turned == std::vector<SentencePair>{{"Ve.", "Go."}, {"Ho\xffla.", "Hi."}}));
}

BOOST_AUTO_TEST_CASE(parallel_errors_name_the_line) {
  const TemporaryFolder folder;
  const auto one = [&](const std::string& text) {
    const std::string path = folder.write("a", text);
    return message_of<FormatError>([&] { read_parallel(path); }).substr(path.size() + 2);
  };
  BOOST_TEST(one("a\tb\nc\n") == "line 2: 1 column; expected at least 2, with a tab between");
  BOOST_TEST(one("\tb\n") == "line 1: column 1 is empty; expected a sentence");
  BOOST_TEST(one("a\t \n") == "line 1: column 2 is empty; expected a sentence");
  const auto two = [&](const std::string& left, const std::string& right) {
    const std::string en = folder.write("en", left), es = folder.write("es", right);
    return message_of<FormatError>([&] { read_parallel_files(en, es); })
        .substr(folder.path().size() + 1);
  };
  BOOST_TEST(one("\n") == "no sentences; expected a pair a line");
  BOOST_TEST(one(std::string(100'001, 'a') + "\tb") == "line 1: more than 100000 bytes");
  BOOST_CHECK_THROW(read_parallel(folder.path("a"), {.target_column = 0}), std::invalid_argument);
  BOOST_TEST(two("a\nb\n", "c\n").starts_with("en: line 2: "));
  BOOST_TEST(two("a\n", "c\nd\n").starts_with("es: line 2: "));
  BOOST_TEST(two("a\n\n", "c\nd\n").starts_with("en: line 2: is empty"));
  BOOST_TEST(two("a\nb\n", "c\n\n").starts_with("es: line 2: is empty"));
}

BOOST_AUTO_TEST_CASE(a_text_in_pieces_is_the_text) {
  const TemporaryFolder folder;
  const std::string text =
      "one\ntwo caf\u00e9 \u65e5\u672c \U0001f600\n\nlonger than all pieces are\xff\xc3\r\nend";
  std::string expected = text;
  expected.erase(expected.find('\r'), 1);
  for (std::size_t most = 4; most < 80; ++most) {
    TextStream stream(folder.write("a", "\xEF\xBB\xBF" + text), most);
    std::string joined;
    for (std::string piece; stream.next(piece); joined += piece) {
      BOOST_REQUIRE(!piece.empty());
      BOOST_REQUIRE_LE(piece.size(), most);
      BOOST_REQUIRE((static_cast<unsigned char>(piece.front()) & 0xc0) != 0x80); // whole characters
    }
    BOOST_REQUIRE_EQUAL(joined, expected);
  }
  const std::string zero = folder.write("b", std::string("a\nb\nc\0d", 7));
  TextStream stream(zero, 4);
  std::string piece;
  BOOST_TEST(message_of<FormatError>([&] {
               while (stream.next(piece)) {
               }
             }) == zero + ": line 3: a byte of value 0; expected text");
  BOOST_CHECK_THROW(TextStream(zero, 3), std::invalid_argument);
  BOOST_CHECK_THROW(TextStream(folder.path("none")), FormatError);
}

BOOST_AUTO_TEST_CASE(batches_of_like_length) {
  Rng rng(1);
  std::vector<std::size_t> lengths;
  for (int i = 0; i < 1000; ++i) lengths.push_back(1 + rng.below(40));
  const LengthBatchOptions options{.batch_size = 16, .most_steps = 300, .pool_batches = 10};
  Rng first(2), second(2), third(3);
  const auto batches = length_batches(lengths, options, first);
  BOOST_TEST((batches == length_batches(lengths, options, second)));
  BOOST_TEST((batches != length_batches(lengths, options, third)));
  std::set<std::size_t> seen;
  for (const auto& batch : batches) {
    BOOST_REQUIRE(!batch.empty());
    BOOST_REQUIRE_LE(batch.size(), 16);
    std::size_t longest = 0;
    for (const std::size_t i : batch) {
      longest = std::max(longest, lengths[i]);
      BOOST_REQUIRE(seen.insert(i).second);
    }
    BOOST_REQUIRE_LE(longest * batch.size(), 300);
  }
  BOOST_TEST(seen.size() == 1000);
  // Random batches of 16 from 1 .. 40 are padded to near 40: almost half of it is padding.
  BOOST_TEST(padding_share(lengths, batches) < 0.15);
  BOOST_TEST(padding_share({3, 1}, {{0, 1}}) == 1.0 / 3, boost::test_tools::tolerance(1e-12));
  // One that is longer than the bound is alone; none is lost; nothing gives no batches.
  BOOST_TEST(length_batches({500, 2}, options, first).size() == 2);
  BOOST_TEST(length_batches({}, options, first).empty());
  BOOST_CHECK_THROW(length_batches({1}, {.batch_size = 0}, first), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_stream_in_windows) { // the picture at the top of stream_batches.hpp
  const StreamBatches stream({0, 1, 2, 3, 4, 5, 6, 7, 8}, 2, 2);
  BOOST_TEST(stream.size() == 2);
  BOOST_TEST(stream.targets() == 8);
  const StreamWindow w = stream.window(1);
  BOOST_TEST((w.ids == Indices{{2, 6}, {3, 7}}));
  BOOST_TEST((w.targets == Indices{{3, 7}, {4, 8}}));
  const StreamBatches odd({0, 1, 2, 3, 4, 5, 6, 7}, 2, 2); // the last window has one step
  BOOST_TEST((odd.window(1).ids == Indices{{2, 5}}));
  BOOST_TEST((odd.window(1).targets == Indices{{3, 6}}));
  BOOST_CHECK_THROW(stream.window(2), std::out_of_range);
  BOOST_CHECK_THROW(StreamBatches({1, 2}, 2, 1), std::invalid_argument);
  BOOST_CHECK_THROW(StreamBatches({1, 2}, 0, 1), std::invalid_argument);
  BOOST_CHECK_THROW(StreamBatches({1, 2}, 1, 0), std::invalid_argument);
}
