#include "text/tokens/vocabulary.hpp"

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "tests/text/temporary_folder.hpp"

using namespace tapestry;
using tapestry::testing::message_of;
using tapestry::testing::TemporaryFolder;
using Sentences = std::vector<std::vector<std::string>>;
using Words = std::vector<std::string>;
using Ids = std::vector<int>;

namespace {

const Sentences sentences{{"b", "a", "c", "the"}, {"the", "b", "a"}, {"the"}};
constexpr const char* specials = "<pad>\n<start>\n<end>\n<unk>\n";

std::string format_problem(const std::string& text) {
  return message_of<FormatError>([&] { Vocabulary::from_text(text, "v.txt"); });
}

} // namespace

BOOST_AUTO_TEST_SUITE(vocabulary)

BOOST_AUTO_TEST_CASE(orders_by_count_then_alphabet) {
  BOOST_TEST(Vocabulary{sentences}.to_text() == std::string{specials} + "the\na\nb\nc\n");
  BOOST_TEST((Vocabulary{sentences, 2}.to_text()) == std::string{specials} + "the\na\nb\n");
  BOOST_TEST(Vocabulary{}.size() == 4u);
}

BOOST_AUTO_TEST_CASE(looks_up_both_ways) {
  const Vocabulary vocabulary{sentences, 2};
  BOOST_TEST(vocabulary.id("the") == 4);
  BOOST_TEST(vocabulary.id("c") == Vocabulary::unk_id);
  BOOST_TEST(!vocabulary.contains("c"));
  BOOST_TEST(vocabulary.word(6) == "b");
  for (const int id : {-1, 7})
    BOOST_TEST(message_of<std::out_of_range>([&] { vocabulary.word(id); }) ==
               "vocabulary: no word has id " + std::to_string(id) + "; it has 7 words");
}

BOOST_AUTO_TEST_CASE(encodes_and_decodes) {
  const Vocabulary vocabulary{sentences, 2};
  BOOST_TEST(vocabulary.encode(Words{"the", "zebra", "b"}) == (Ids{4, 3, 6}));
  BOOST_TEST(vocabulary.decode(Ids{1, 4, 0, 3, 6, 2, 5, 99}) == (Words{"the", "<unk>", "b"}));
  BOOST_TEST(vocabulary.decode(Ids{}) == Words{});
}

BOOST_AUTO_TEST_CASE(special_words_in_sentences_keep_their_ids) {
  const Vocabulary vocabulary{Sentences{{"<unk>", "a", "<unk>"}}};
  BOOST_TEST(vocabulary.size() == 5u);
  BOOST_TEST(vocabulary.id("<unk>") == Vocabulary::unk_id);
  BOOST_CHECK_THROW(Vocabulary(Sentences{{""}}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(round_trips_any_characters) {
  const Vocabulary vocabulary{
      Sentences{{"a\nb", "\r", "x\r", "\\n", "\\", "\"", " ", "\xff", std::string("\0", 1), "ñ"}}};
  BOOST_CHECK(Vocabulary::from_text(vocabulary.to_text()) == vocabulary);
  const TemporaryFolder folder;
  vocabulary.save(folder.path("v.txt"));
  BOOST_CHECK(Vocabulary::load(folder.path("v.txt")) == vocabulary);
  BOOST_CHECK_THROW(vocabulary.save(folder.path("none/v.txt")), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(an_editor_may_write_crlf_and_a_byte_order_mark) {
  const TemporaryFolder folder;
  const std::string path =
      folder.write("v.txt", "\xEF\xBB\xBF<pad>\r\n<start>\r\n<end>\r\n<unk>\r\nthe");
  BOOST_TEST(Vocabulary::load(path).to_text() == std::string{specials} + "the\n");
}

BOOST_AUTO_TEST_CASE(errors_name_the_line) {
  const std::string head = specials;
  BOOST_TEST(format_problem("") == "v.txt: line 1: expected <pad>");
  BOOST_TEST(format_problem("<pad>\n<end>\n") == "v.txt: line 2: expected <start>");
  BOOST_TEST(format_problem(head + "a\nb\na\n") == "v.txt: line 7: \"a\" is there already");
  BOOST_TEST(format_problem(head + "<end>\n") == "v.txt: line 5: \"<end>\" is there already");
  BOOST_TEST(format_problem(head + "a\n\nb\n") == "v.txt: line 6: expected a word");
  BOOST_TEST(format_problem(head + "a\\q\n") ==
             "v.txt: line 5: expected \\\\, \\n or \\r after a backslash");
  BOOST_TEST(format_problem(head + "a\\").starts_with("v.txt: line 5: "));
  BOOST_TEST(message_of<FormatError>([] { Vocabulary::load("/nowhere/v.txt"); }) ==
             "/nowhere/v.txt: no such file");
}

BOOST_AUTO_TEST_SUITE_END()
