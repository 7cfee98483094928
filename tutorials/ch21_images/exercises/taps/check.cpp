#include "expect.hpp"

#include "vision/images/resize.hpp"

using namespace tapestry;

namespace {

// The whole matrix, (outputs, from).
Tensor dense(const std::vector<Taps>& rows, std::size_t from) {
  Tensor matrix = zeros({rows.size(), from});
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t k = 0; k < rows[i].weights.size(); ++k) {
      const std::size_t j = rows[i].first + k;
      expect("the taps lie inside of the picture", j < from,
             "output " + std::to_string(i) + " has a tap at pixel " + std::to_string(j) + " of " +
                 std::to_string(from));
      matrix(i, j) += rows[i].weights[k];
    }
  return matrix;
}

Tensor matrix_of(std::size_t from, std::size_t to, Filter filter) {
  const std::vector<Taps> rows = taps(from, to, filter);
  expect("a row for each output", rows.size() == to,
         std::to_string(rows.size()) + " rows; expected " + std::to_string(to));
  return dense(rows, from);
}

} // namespace

STEP("the same size changes nothing") {
  for (const Filter filter : {Filter::area, Filter::bilinear})
    expect_equal("3 to 3", matrix_of(3, 3, filter), {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
}

STEP("to enlarge, between two pixels") {
  expect_equal("2 to 4, bilinear", matrix_of(2, 4, Filter::bilinear),
               {{1, 0}, {0.75, 0.25}, {0.25, 0.75}, {0, 1}});
  expect_equal("3 to 5, bilinear", matrix_of(3, 5, Filter::bilinear),
               {{1, 0, 0}, {0.6, 0.4, 0}, {0, 1, 0}, {0, 0.4, 0.6}, {0, 0, 1}});
  expect_equal("3 to 5, area", matrix_of(3, 5, Filter::area),
               {{1, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 0, 1}});
  expect_equal("2 to 4, area", matrix_of(2, 4, Filter::area), {{1, 0}, {1, 0}, {0, 1}, {0, 1}});
}

STEP("to shrink, every pixel counts") {
  const double a = 1. / 2, b = 1. / 3;
  expect_equal("4 to 2, area", matrix_of(4, 2, Filter::area), {{a, a, 0, 0}, {0, 0, a, a}});
  expect_equal("5 to 2, area", matrix_of(5, 2, Filter::area), {{b, b, b, 0, 0}, {0, 0, 0, a, a}});
  expect_equal("3 to 2, bilinear", matrix_of(3, 2, Filter::bilinear),
               {{0.625, 0.375, 0}, {0, 0.375, 0.625}});
  expect_equal("5 to 2, bilinear", matrix_of(5, 2, Filter::bilinear),
               {{7. / 22, 9. / 22, 5. / 22, 1. / 22, 0}, {0, 1. / 22, 5. / 22, 9. / 22, 7. / 22}});
}

STEP("the middle of a long row") {
  const Tensor seven = matrix_of(7, 3, Filter::bilinear);
  const std::vector<double> expected{0, 1, 4, 7, 4, 1, 0};
  for (std::size_t j = 0; j < 7; ++j)
    expect_equal("7 to 3, bilinear, the second output", seven(1, j), expected[j] / 17);
}

STEP("few taps") {
  for (const Filter filter : {Filter::area, Filter::bilinear}) {
    const std::size_t most = filter == Filter::area ? 12 : 22;
    for (const Taps& row : taps(1000, 100, filter))
      expect(filter == Filter::area ? "1000 to 100, area" : "1000 to 100, bilinear",
             row.weights.size() <= most,
             std::to_string(row.weights.size()) + " weights in a row; of at most " +
                 std::to_string(most - 2) + " pixels they are not 0");
  }
}

STEP("a use: a fine pattern becomes grey") {
  Tensor checks = zeros({1, 16, 16});
  for (std::size_t y = 0; y < 16; ++y)
    for (std::size_t x = 0; x < 16; ++x) checks(0, y, x) = (x + y) % 2 ? 1 : 0;
  for (const Filter filter : {Filter::area, Filter::bilinear})
    expect_equal("the middle of 16 x 16 squares as 4 x 4", resize(checks, 4, 4, filter)(0, 1, 1),
                 0.5);
  expect_equal("white stays white", resize(ones({1, 5, 7}), 3, 11), ones({1, 3, 11}));
}
