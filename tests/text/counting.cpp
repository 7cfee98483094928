#include "text/counting/ngrams.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "tests/text/temporary_folder.hpp"
#include "text/counting/tf_idf.hpp"

using namespace tapestry;
using tapestry::testing::message_of;
using Texts = std::vector<std::vector<std::string>>;

namespace {

const Texts texts{{"the", "cat", "sat", "the", "cat"}, {"the", "dog"}, {}};

} // namespace

BOOST_AUTO_TEST_SUITE(counting)

BOOST_AUTO_TEST_CASE(counts_words) {
  const Ngrams words(texts);
  BOOST_REQUIRE(words.size() == 4u); // the one in two texts first, then in byte order
  BOOST_TEST(words.name(0) == "the");
  BOOST_TEST(words.name(1) == "cat");
  BOOST_TEST(words.name(2) == "dog");
  BOOST_TEST(words.name(3) == "sat");
  const Tensor wanted{{2, 2, 0, 1}, {1, 0, 1, 0}, {0, 0, 0, 0}, {1, 0, 0, 0}};
  Texts more = texts;
  more.push_back({"zebra", "the"}); // a word without a column
  BOOST_CHECK(words.count(more).dense() == wanted);
  BOOST_TEST(message_of<std::out_of_range>([&] { words.name(4); }) ==
             "Ngrams: there is no column 4; there are 4");
}

BOOST_AUTO_TEST_CASE(counts_ngrams) {
  const Ngrams pairs(texts, {.shortest = 2, .longest = 3, .min_count = 1});
  std::vector<std::string> names;
  for (std::size_t i = 0; i < pairs.size(); ++i) names.push_back(pairs.name(i));
  BOOST_TEST((names == std::vector<std::string>{"cat sat", "cat sat the", "sat the", "sat the cat",
                                                "the cat", "the cat sat", "the dog"}));
  BOOST_TEST(pairs.count(texts).dense()(0, 4) == 2);
  BOOST_TEST(Ngrams(texts, {.longest = 2, .min_count = 2}).size() == 1u);
  BOOST_TEST(Ngrams(texts, {.longest = 2, .most = 3}).size() == 3u);
  BOOST_TEST(Ngrams({}).size() == 0u);
  BOOST_CHECK_THROW(Ngrams(texts, {.shortest = 0}), std::invalid_argument);
  BOOST_CHECK_THROW(Ngrams(texts, {.shortest = 2, .longest = 1}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(weighs_by_what_scikit_learn_documents) {
  // The worked example of scikit-learn's user guide (TfidfTransformer, smooth_idf = True).
  SparseRows counts;
  counts.columns = 3;
  const std::vector<std::vector<real>> rows{{3, 0, 1}, {2, 0, 0}, {3, 0, 0},
                                            {4, 0, 0}, {3, 2, 0}, {3, 0, 2}};
  for (const auto& row : rows) {
    std::vector<std::int32_t> ids;
    std::vector<real> values;
    for (std::int32_t j = 0; j < 3; ++j)
      if (row[static_cast<std::size_t>(j)] != 0)
        ids.push_back(j), values.push_back(row[static_cast<std::size_t>(j)]);
    counts.add_row(ids, values);
  }
  const Tensor weighed = tf_idf(counts, inverse_document_frequencies(counts)).dense();
  const double wanted[6][3] = {
      {0.85151335, 0, 0.52433293}, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}, {0.55422893, 0.83236428, 0},
      {0.63035731, 0, 0.77630514}};
  for (std::size_t i = 0; i < 6; ++i)
    for (std::size_t j = 0; j < 3; ++j) // eight digits are printed there; floats have seven
      BOOST_TEST(std::abs(double{weighed(i, j)} - wanted[i][j]) < 1e-6);
}

BOOST_AUTO_TEST_CASE(a_text_of_unknown_words_stays_empty) {
  const Ngrams words(texts);
  const auto idf = inverse_document_frequencies(words.count(texts));
  const SparseRows none = tf_idf(words.count({{"zebra"}}), idf);
  BOOST_TEST(none.rows() == 1u);
  BOOST_TEST(none.ids.empty());
  BOOST_TEST(message_of<std::invalid_argument>([&] {
               tf_idf(words.count(texts), {1, 2});
             }) == "tf_idf: 2 weights for 4 columns");
}

BOOST_AUTO_TEST_CASE(rows_are_selected_and_refused) {
  const SparseRows rows = Ngrams(texts).count(texts);
  const std::size_t which[] = {1, 1, 0};
  const Tensor wanted{{1, 0, 1, 0}, {1, 0, 1, 0}, {2, 2, 0, 1}};
  BOOST_CHECK(rows.select(which).dense() == wanted);
  const std::size_t wrong[] = {3};
  BOOST_TEST(message_of<std::out_of_range>([&] { rows.select(wrong); }) ==
             "SparseRows: there is no row 3; there are 3");
  SparseRows one;
  one.columns = 2;
  const std::int32_t ids[] = {1};
  const real values[] = {1, 2};
  BOOST_TEST(message_of<std::invalid_argument>([&] { one.add_row(ids, values); }) ==
             "SparseRows: a row of 1 columns has 2 values");
}

BOOST_AUTO_TEST_SUITE_END()
