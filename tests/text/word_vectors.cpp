#include "text/embeddings/word_vectors.hpp"

#include <cmath>
#include <cstring>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/random.hpp"
#include "tests/text/temporary_folder.hpp"
#include "text/embeddings/word_tests.hpp"
#include "text/embeddings/word_vector_files.hpp"

using namespace tapestry;
using tapestry::testing::message_of;
using tapestry::testing::TemporaryFolder;
using Format = WordVectorFormat;

namespace {

// Two sexes and two ranks, in two dimensions, and a word far off.
WordVectors royal() {
  return {{"man", "woman", "king", "queen", "apple"},
          Tensor{{1, 0.1f}, {-1, 0.1f}, {1, 1}, {-1, 1}, {0.1f, -2}}};
}

std::string problem(const std::string& path) {
  return message_of<FormatError>([&] { read_word_vectors(path); }).substr(path.size());
}

} // namespace

BOOST_AUTO_TEST_SUITE(word_vectors)

BOOST_AUTO_TEST_CASE(finds_neighbours_and_analogies) {
  const WordVectors v = royal();
  BOOST_TEST(v.at("king") == 2u);
  BOOST_TEST(!v.find("prince").has_value());
  BOOST_TEST(message_of<std::out_of_range>([&] { v.at("prince"); }) ==
             "there is no vector of \"prince\"");
  BOOST_TEST(v.nearest(v.at("king"), 1)[0].word == v.at("man"));
  BOOST_TEST(v.nearest(v.at("king"), 100).size() == 4u);
  const auto answers = v.analogy(v.at("man"), v.at("woman"), v.at("king"), 2);
  BOOST_TEST(answers[0].word == v.at("queen"));
  BOOST_TEST(answers[0].cosine > answers[1].cosine);
  BOOST_TEST(v.analogy(0, 1, 2, 5, 4).size() == 1u); // among the first four, without the three
  BOOST_TEST(std::abs(v.similarity(0, 0) - 1) < 1e-6);
  const std::vector<real> zero(2, 0), three(3, 1);
  for (const Neighbour& n : v.nearest(zero, 5)) BOOST_TEST(n.cosine == 0);
  BOOST_CHECK_THROW(v.nearest(three, 1), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(tables_that_do_not_fit_are_refused) {
  BOOST_CHECK_THROW(WordVectors({"a"}, zeros({2, 3})), std::invalid_argument);
  BOOST_TEST(message_of<std::invalid_argument>([] {
               WordVectors({"a", "a"}, zeros({2, 3}));
             }) == "WordVectors: \"a\" comes twice");
  BOOST_CHECK_THROW(WordVectors({""}, zeros({1, 3})), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(the_widest_directions_are_found) {
  // Points on a line, with a little beside it, in three dimensions.
  Rng rng(4);
  Tensor x = Tensor::from_shape({50, 3});
  std::vector<double> along;
  for (std::size_t i = 0; i < 50; ++i) {
    const double t = rng.normal(), u = 0.01 * rng.normal();
    along.push_back(t);
    x(i, 0) = real(5 + 3 * t), x(i, 1) = real(1 * t + u), x(i, 2) = real(-2 * t - u);
  }
  const Tensor y = principal_components(x, 2);
  double first = 0, second = 0, covariance = 0;
  for (std::size_t i = 0; i < 50; ++i) {
    BOOST_TEST(std::abs((y(i, 0) - y(0, 0)) - std::sqrt(14.0) * (along[i] - along[0])) <
               0.2); // the length of (3, 1, -2)
    first += y(i, 0) * y(i, 0), second += y(i, 1) * y(i, 1), covariance += y(i, 0) * y(i, 1);
  }
  BOOST_TEST(first > 1000 * second);
  BOOST_TEST(std::abs(covariance) < 1e-3 * first);
  BOOST_CHECK_THROW(principal_components(x, 4), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(files_bring_back_the_same_bits) {
  Rng rng(1);
  const TemporaryFolder folder;
  const WordVectors v({"a", "straße", "#", "1"}, normal({4, 5}, 0, 1e-3, rng));
  for (const Format format : {Format::word2vec_text, Format::word2vec_binary, Format::glove}) {
    const std::string path = folder.path("v");
    write_word_vectors(path, v, format);
    for (const WordVectors& back : {read_word_vectors(path, format), read_word_vectors(path)}) {
      BOOST_TEST((back.words() == v.words()));
      BOOST_CHECK(back.vectors() == v.vectors());
    }
  }
  const WordVectors spaced({"a b"}, zeros({1, 2}));
  BOOST_CHECK_THROW(write_word_vectors(folder.path("w"), spaced, Format::glove),
                    std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(reads_what_other_programs_write) {
  const TemporaryFolder folder;
  // word2vec.c ends each line of text with a space; some programs write binary rows without ends.
  BOOST_TEST(read_word_vectors(folder.write("c", "1 2\n</s> 0.001000 -0.5 \n")).vectors()(0, 1) ==
             -0.5f);
  const float row[] = {1.5f, -2};
  std::string bytes = "2 2\n";
  for (const char* word : {"a ", "b "})
    (bytes += word).append(reinterpret_cast<const char*>(row), sizeof row);
  const WordVectors tight = read_word_vectors(folder.write("tight", bytes));
  BOOST_TEST(tight.words()[1] == "b");
  BOOST_TEST(tight.vectors()(1, 0) == 1.5f);
  // GloVe's largest files have words with spaces.
  const WordVectors glove = read_word_vectors(folder.write("g", "the 1 2\n. . 3 4e-1\r\n"));
  BOOST_TEST(glove.words()[1] == ". .");
  BOOST_TEST(glove.vectors()(1, 1) == 0.4f);
  BOOST_TEST(read_word_vectors(folder.write("t", "a 1 1e-99\n")).vectors()(0, 1) == 0);
}

BOOST_AUTO_TEST_CASE(errors_name_the_line_or_the_byte) {
  const TemporaryFolder folder;
  const auto text = [&](const std::string& t) { return problem(folder.write("v", t)); };
  BOOST_TEST(text("") == ": is empty; expected word vectors");
  BOOST_TEST(text("2 2\na 1 2\n") == ": line 1: says 2 words, and 1 follow");
  BOOST_TEST(text("1 2\na 1\n") == ": line 2: 1 numbers, expected 2");
  BOOST_TEST(text("1 2\na 1 2 3\n") == ": line 2: more than 2 numbers");
  BOOST_TEST(text("2 2\na 1 2\na 1 2\n") == ": line 3: \"a\" is there already");
  BOOST_TEST(text("a 1 2\nb 1 x\n") == ": line 2: \"x\" is not a finite number");
  BOOST_TEST(text("a 1 2\nb 1 1e99\n") == ": line 2: \"1e99\" is not a finite number");
  BOOST_TEST(text("a 1 2\nb 1 nan\n") == ": line 2: \"nan\" is not a finite number");
  BOOST_TEST(text("a 1 2\n\nb 1 2\n") == ": line 2: expected a word and its numbers");
  BOOST_TEST(text("a 1 2\n 1 2\n") == ": line 2: a word of 0 bytes, expected 1 to 10000");
  BOOST_TEST(
      text("hello\n") ==
      ": line 1: expected a word and its numbers, with spaces between them; found 0 numbers");
  BOOST_TEST(text("2 0\n").starts_with(": line 1: expected the numbers of words and"));
  const auto binary = [&](const std::string& bytes) {
    const std::string path = folder.write("b", bytes);
    return message_of<FormatError>([&] { read_word_vectors(path, Format::word2vec_binary); })
        .substr(path.size());
  };
  const std::string number("\0\0\x80\x3f", 4), bad("\0\0\x80\x7f", 4); // 1 and infinity
  BOOST_TEST(binary("x\n").starts_with(": byte 0: expected the numbers of words"));
  BOOST_TEST(binary("900000000000 1\n") ==
             ": byte 0: says 900000000000 words, but the file has room for 2");
  BOOST_TEST(binary("2 1\na " + number + "\na " + number + "\n") ==
             ": byte 11: \"a\" is there already");
  BOOST_TEST(binary("1 1\na " + bad + "\n") == ": byte 6: expected a finite number");
  BOOST_TEST(binary("1 1\na " + number + "\nb") == ": byte 11: expected the end after 1 words");
  BOOST_TEST(binary("1 1\nabcd \x01") == ": byte 10: it ends here; expected 3 bytes more");
  BOOST_TEST(message_of<FormatError>([] { read_word_vectors("/nowhere/v"); }) ==
             "/nowhere/v: no such file");
}

BOOST_AUTO_TEST_CASE(analogies_are_read_and_scored) {
  const TemporaryFolder folder;
  const auto questions = read_analogies(
      folder.write("q", ": family\nMan Woman King Queen\nman woman king apple\n: gram1\nman king "
                        "woman queen\nman king woman prince\n"),
      true);
  BOOST_REQUIRE(questions.size() == 4u);
  BOOST_TEST(questions[0].c == "king");
  const auto scores = score_analogies(royal(), questions);
  BOOST_REQUIRE(scores.size() == 2u);
  BOOST_TEST(scores[0].right == 1u);
  BOOST_TEST(scores[0].asked == 2u);
  BOOST_TEST(scores[0].share() == 0.5);
  BOOST_TEST(scores[1].asked == 1u);
  BOOST_TEST(scores[1].questions == 2u);
  BOOST_TEST(total_of(scores).right == 2u);
  BOOST_TEST(total_of(scores, AnalogyKind::grammar).asked == 1u);
  BOOST_TEST(total_of(scores, AnalogyKind::meaning).asked == 2u);
  BOOST_TEST(total_of(score_analogies(royal(), questions, 4)).asked == 2u); // without apple
  const auto wrong = [&](const std::string& text) {
    const std::string path = folder.write("w", text);
    return message_of<FormatError>([&] { read_analogies(path); }).substr(path.size());
  };
  BOOST_TEST(wrong("a b c d\n") ==
             ": line 1: expected a section, as in \": capital-common-countries\"");
  BOOST_TEST(wrong(": x\na b c\n") == ": line 2: 3 words, expected 4");
  BOOST_TEST(wrong(":\n") == ": line 1: expected a section's name after the colon");
}

BOOST_AUTO_TEST_CASE(similarities_are_read_and_scored) {
  const TemporaryFolder folder;
  const auto pairs = read_word_pairs(
      folder.write("p", "# who\nMan\tking\t9\nman\twoman\t1.5\r\nking\tqueen\t5\nman\tprince\t7\n"),
      true);
  const SimilarityScore score = score_similarities(royal(), pairs);
  BOOST_TEST(score.pairs == 4u);
  BOOST_TEST(score.asked == 3u);
  BOOST_TEST(std::abs(score.correlation - 1) < 1e-12);
  const auto wrong = [&](const std::string& text) {
    const std::string path = folder.write("w", text);
    return message_of<FormatError>([&] { read_word_pairs(path); }).substr(path.size());
  };
  BOOST_TEST(wrong("a\tb\n") ==
             ": line 1: expected two words and a number, with tabs between them");
  BOOST_TEST(wrong("a\tb\tx\n") == ": line 1: \"x\" is not a number");
  BOOST_TEST(wrong("\tb\t1\n") == ": line 1: a word is empty");
}

BOOST_AUTO_TEST_CASE(spearman_is_what_scipy_gives) {
  // scipy.stats.spearmanr([1, 2, 3, 4, 5], [5, 6, 7, 8, 7]) is 0.82078...; with ties on both sides,
  // by hand: ranks 1.5 1.5 3 against 1 2.5 2.5 correlate by 0.5.
  BOOST_TEST(std::abs(spearman({1, 2, 3, 4, 5}, {5, 6, 7, 8, 7}) - 0.8207826816681233) < 1e-12);
  BOOST_TEST(std::abs(spearman({1, 1, 2}, {3, 4, 4}) - 0.5) < 1e-12);
  BOOST_TEST(std::abs(spearman({1, 2, 3}, {30, 20, 10}) + 1) < 1e-12);
  BOOST_TEST(std::isnan(spearman({1, 1}, {1, 2})));
  BOOST_CHECK_THROW(spearman({1}, {1, 2}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
