#include "expect.hpp"

#include <cmath>
#include <stdexcept>

#include "text/counting/tf_idf.hpp"

using namespace tapestry;

namespace {

// Rows given whole; zeros become no entries.
SparseRows sparse(std::size_t columns, const std::vector<std::vector<real>>& rows) {
  SparseRows result;
  result.columns = columns;
  for (const auto& row : rows) {
    std::vector<std::int32_t> ids;
    std::vector<real> values;
    for (std::size_t j = 0; j < row.size(); ++j)
      if (row[j] != 0) ids.push_back(static_cast<std::int32_t>(j)), values.push_back(row[j]);
    result.add_row(ids, values);
  }
  return result;
}

Tensor list(const std::vector<double>& numbers) { return tensor({numbers.size()}, numbers); }

} // namespace

STEP("the idf of words in one, two and three texts") {
  const auto idf = inverse_document_frequencies(sparse(3, {{1, 1, 1}, {0, 1, 1}, {0, 0, 1}}));
  expect_equal("idf", list(idf), list({std::log(2.0) + 1, std::log(4.0 / 3) + 1, 1}));
}

STEP("a word that comes often in one text") {
  const auto idf = inverse_document_frequencies(sparse(2, {{5, 0}, {0, 1}, {0, 2}}));
  expect_equal("idf", list(idf), list({std::log(2.0) + 1, std::log(4.0 / 3) + 1}));
}

STEP("a word that no text has") {
  const auto idf = inverse_document_frequencies(sparse(2, {{1, 0}, {1, 0}}));
  expect_equal("idf", list(idf), list({1, std::log(3.0) + 1}));
}

STEP("counts weighed, and rows of length 1") {
  const SparseRows counts = sparse(3, {{3, 0, 1}, {0, 2, 0}});
  const double a = 3 * 2, c = 1 * 0.5, length = std::sqrt(a * a + c * c);
  expect_equal("idf 2, 3, 0.5", tf_idf(counts, {2, 3, 0.5}).dense(),
               tensor({2, 3}, {a / length, 0, c / length, 0, 1, 0}));
}

STEP("a text without a known word") {
  const SparseRows weighed = tf_idf(sparse(2, {{0, 0}, {1, 1}}), {1, 1});
  expect_equal("rows", static_cast<double>(weighed.rows()), 2);
  expect_equal("the other", weighed.dense(),
               tensor({2, 2}, {0, 0, std::sqrt(0.5), std::sqrt(0.5)}));
  const SparseRows zero = tf_idf(sparse(2, {{3, 4}}), {0, 0});
  expect_equal("weights of 0", zero.dense(), tensor({1, 2}, {0, 0}));
}

STEP("weights that do not fit") {
  expect_error<std::invalid_argument>(
      "two weights for three columns",
      [] {
        tf_idf(sparse(3, {{1, 1, 1}}), {1, 2});
      },
      "");
  expect_error<std::invalid_argument>(
      "four weights for three columns",
      [] {
        tf_idf(sparse(3, {{1, 1, 1}}), {1, 2, 3, 4});
      },
      "");
}

STEP("a use: which text is nearest") {
  // The first two share only a word that all have, the first and the third a rare one.
  const SparseRows counts =
      sparse(5, {{4, 1, 0, 0, 0}, {4, 0, 1, 0, 0}, {2, 1, 0, 1, 0}, {4, 0, 0, 0, 1}});
  const Tensor x = tf_idf(counts, inverse_document_frequencies(counts)).dense();
  double second = 0, third = 0;
  for (std::size_t j = 0; j < 5; ++j) second += x(0, j) * x(1, j), third += x(0, j) * x(2, j);
  const double idf = std::log(5.0 / 3) + 1, rare = std::log(2.5) + 1;
  const auto length = [](double u, double v, double w) { return std::sqrt(u * u + v * v + w * w); };
  expect_equal("the product with the second", second, 16 / length(4, idf, 0) / length(4, rare, 0));
  expect_equal("the product with the third", third,
               (8 + idf * idf) / length(4, idf, 0) / length(2, idf, rare));
}
