// Universal Dependencies' format: what is read, what is refused, and where.
#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "tests/text/temporary_folder.hpp"
#include "text/corpora/conllu.hpp"
#include "text/corpora/small_texts.hpp"

using namespace tapestry;
using tapestry::testing::message_of;
using tapestry::testing::TemporaryFolder;

namespace {

// A multiword token, an empty node before the first word and one behind the second, a form with a
// space in it.
const std::string whole = "# sent_id = 1\n"
                          "# text = I don't see New York\n"
                          "0.1\tand\tand\tCCONJ\tCC\t_\t_\t_\t0:root\t_\n"
                          "1\tI\tI\tPRON\tPRP\tPerson=1\t4\tnsubj\t_\t_\n"
                          "2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n"
                          "2\tdo\tdo\tAUX\tVBP\t_\t4\taux\t_\t_\n"
                          "2.1\tso\tso\tADV\tRB\t_\t_\t_\t4:advmod\tCopyOf=-1\n"
                          "3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_\n"
                          "4\tsee\tsee\tVERB\tVB\t_\t0\troot\t_\t_\n"
                          "5\tNew York\tNew York\tPROPN\tNNP\t_\t4\tobj\t_\t_\n"
                          "\n";

std::string row(const std::string& id, const std::string& head = "_") {
  return id + "\tw\t_\tNOUN\t_\t_\t" + head + "\t_\t_\t_\n";
}

std::string error_of(const std::string& text, const ConlluOptions& options = {}) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.conllu", text);
  const std::string message = message_of<FormatError>([&] { read_conllu(path, options); });
  return message.starts_with(path + ": ") ? message.substr(path.size() + 2) : message;
}

} // namespace

BOOST_AUTO_TEST_CASE(conllu_is_read_and_written) {
  const TemporaryFolder folder;
  const auto all = read_conllu(folder.write("a.conllu", whole + "\n\n" + row("1") + row("2", "1")));
  BOOST_REQUIRE_EQUAL(all.size(), 2);
  const ConlluSentence& first = all[0];
  BOOST_TEST(first.line == 1);
  BOOST_TEST(first.comments.size() == 2);
  BOOST_REQUIRE_EQUAL(first.words.size(), 5);
  BOOST_TEST((first.words[1] == ConlluWord{"do", "do", "AUX", "VBP", "_", 4, "aux", "_", "_"}));
  BOOST_TEST(first.words[3].head == 0);
  BOOST_TEST(first.words[4].form == "New York");
  BOOST_REQUIRE_EQUAL(first.tokens.size(), 1);
  BOOST_TEST((first.tokens[0] == MultiwordToken{2, 3, "don't", "SpaceAfter=No"}));
  BOOST_REQUIRE_EQUAL(first.empty.size(), 2);
  BOOST_TEST(first.empty[0].after == 0);
  BOOST_TEST(first.empty[1].after == 2);
  BOOST_TEST(first.empty[1].word.misc == "CopyOf=-1");
  BOOST_TEST(first.to_text() == whole);
  BOOST_TEST(all[1].line == 14);
  BOOST_TEST(all[1].words[0].head == -1);
}

BOOST_AUTO_TEST_CASE(conllu_takes_crlf_a_mark_and_a_missing_end) {
  const TemporaryFolder folder;
  std::string text = "\xEF\xBB\xBF" + row("1") + row("2");
  text.pop_back();
  for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 2))
    text.insert(at, "\r");
  const auto all = read_conllu(folder.write("a.conllu", text));
  BOOST_REQUIRE_EQUAL(all.size(), 1);
  BOOST_TEST(all[0].words[1].misc == "_");
  BOOST_TEST(read_conllu(folder.write("empty", "")).empty());
  BOOST_TEST(read_conllu(folder.write("blank", "\n\n \n")).empty());
}

BOOST_AUTO_TEST_CASE(conllu_errors_name_the_line) {
  const auto begins = [](const std::string& message, const std::string& beginning) {
    BOOST_TEST(message.starts_with(beginning), message << " should begin with " << beginning);
  };
  begins(error_of(row("1") + "2\tw\n"), "line 2: 2 columns; expected 10");
  begins(error_of("1\tw\t_\tNOUN\t_\t_\t_\t_\t_\t_\t_\n"), "line 1: 11 columns; expected 10");
  begins(error_of("1\tw\t_\t\t_\t_\t_\t_\t_\t_\n"), "line 1: UPOS is empty");
  begins(error_of(row("1") + row("3")), "line 2: the id is \"3\"; expected 2");
  begins(error_of(row("1") + row("1")), "line 2: the id is \"1\"; expected 2");
  begins(error_of(row("x")), "line 1: the id is \"x\"; expected 1");
  begins(error_of(row("99999999999999999999")), "line 1: the id is");
  begins(error_of(row("1") + row("1-2")), "line 2: the id is \"1-2\"; expected 2-N");
  begins(error_of(row("2-1")), "line 1: the id is \"2-1\"; expected 1-N");
  begins(error_of(row("1-2") + row("1") + row("2-3")), "line 3: token 2-3 overlaps 1-2");
  begins(error_of(row("1-2") + row("1-2")), "line 2: token 1-2 overlaps 1-2");
  begins(error_of(row("1-3") + row("1")), "line 1: the sentence that begins here has 1 words, but");
  begins(error_of(row("1") + row("1.2")), "line 2: the id is \"1.2\"; expected 1.1");
  begins(error_of(row("1") + row("0.1")), "line 2: the id is \"0.1\"; expected 1.1");
  begins(error_of(row("1", "x")), "line 1: HEAD is \"x\"");
  begins(error_of(row("1", "-1")), "line 1: HEAD is \"-1\"");
  begins(error_of("\n" + row("1", "2")), "line 2: the sentence that begins here has 1 words, but");
  begins(error_of(row("1") + "# late\n"), "line 2: a comment inside of a sentence");
  begins(error_of("# alone\n\n" + row("1")), "line 1: the sentence that begins here has no words");
  begins(error_of(row("1") + std::string("a\0b\n", 4)), "line 2: a byte of value 0");
  begins(error_of("\xff\xfe"), "is UTF-16");
  begins(error_of(row("1") + row("2"), {.most_words = 1}),
         "line 2: the sentence that begins in line 1");
  begins(error_of(std::string(60, 'x'), {.most_bytes = 50}), "line 1: more than 50 bytes");
}

BOOST_AUTO_TEST_CASE(conllu_stops_where_the_fault_is) { // what came before has been given out
  const TemporaryFolder folder;
  ConlluReader reader(folder.write("a", whole + row("2")));
  ConlluSentence sentence;
  BOOST_TEST(reader.next(sentence));
  BOOST_CHECK_THROW(reader.next(sentence), FormatError);
}

BOOST_AUTO_TEST_CASE(tagged_sentences) {
  const TemporaryFolder folder;
  const auto all = read_tagged(folder.write("a", whole));
  BOOST_TEST(all[0].words[2] == "n't");
  BOOST_TEST(all[0].tags[2] == "PART");
  BOOST_TEST(all[0].fine[2] == "RB");
  BOOST_TEST(read_tagged(folder.write("b", whole + row("1")))[0].fine.empty()); // not all have one
  const std::string none = folder.write("c", "1\tw\t_\t_\t_\t_\t_\t_\t_\t_\n");
  BOOST_TEST(message_of<FormatError>([&] { read_tagged(none); }) ==
             none + ": line 1: the sentence that begins here has no UPOS for \"w\"");
  BOOST_CHECK_THROW(read_tagged(folder.write("d", "")), FormatError);
}

BOOST_AUTO_TEST_CASE(small_texts_are_the_same_everywhere) {
  const auto tagged = small_tagged(300, 1);
  BOOST_TEST(tagged.size() == 300);
  for (const TaggedSentence& s : tagged) BOOST_REQUIRE_EQUAL(s.words.size(), s.tags.size());
  BOOST_TEST((small_tagged(300, 1)[299].words == tagged[299].words));
  std::size_t praise = 0;
  for (const LabelledText& r : small_reviews(400, 1)) praise += r.label == "1";
  BOOST_TEST(praise > 150);
  BOOST_TEST(praise < 250);
  const std::string stories = small_stories(1000, 1);
  BOOST_TEST(stories.size() >= 1000);
  BOOST_TEST(stories.back() == '\n');
}
