#include "expect.hpp"

#include <array>
#include <cmath>
#include <string>

#include "text/embeddings/word_vectors.hpp"

using namespace tapestry;

namespace {

// Words in the plane; their lengths differ, and only the angles should matter.
WordVectors words() {
  return {{"man", "woman", "king", "queen", "apple", "girl"},
          tensor({6, 2}, {5, 0.5, -1, 0.1, 2, 2, -0.3, 0.3, 0.2, -1, -4, 0.2})};
}

std::vector<std::size_t> ids(const std::vector<Neighbour>& found) {
  std::vector<std::size_t> result;
  for (const Neighbour& n : found) result.push_back(n.word);
  return result;
}

void expect_ids(const std::string& what, const std::vector<Neighbour>& found,
                const std::vector<std::size_t>& wanted) {
  std::vector<double> numbers(found.size());
  for (std::size_t i = 0; i < found.size(); ++i) numbers[i] = double(found[i].word);
  expect(what, ids(found) == wanted, "these are not the words, or not in this order", numbers);
}

} // namespace

STEP("man is to woman as king is to queen") {
  const WordVectors v = words();
  const auto found = v.analogy(0, 1, 2, 1);
  expect("one word", found.size() == 1, "expected one", {double(found.size())});
  expect_ids("the word", found, {3});
}

STEP("the cosine") {
  const WordVectors v = words();
  double wanted[2], length = 0, product = 0;
  for (std::size_t j = 0; j < 2; ++j) {
    const Tensor& u = v.units();
    wanted[j] = u(1, j) - u(0, j) + u(2, j);
    length += wanted[j] * wanted[j];
    product += wanted[j] * u(3, j);
  }
  expect_equal("queen's", v.analogy(0, 1, 2, 1)[0].cosine, product / std::sqrt(length));
}

STEP("three numbers a word") {
  const WordVectors v(
      {"a", "b", "c", "d", "e", "f", "g"},
      tensor({7, 3}, {1, 0, 2, -2, 1, 0, 0, 1, 1, 3, -1, 1, 1, 3, 4, 0, -2, 1, 2, 2, -3}));
  for (const auto& [a, b, c] : {std::array<std::size_t, 3>{2, 4, 3}, {4, 2, 5}, {6, 1, 3}}) {
    double wanted[3], length = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      wanted[j] = v.units()(b, j) - v.units()(a, j) + v.units()(c, j);
      length += wanted[j] * wanted[j];
    }
    for (const Neighbour& n : v.analogy(a, b, c, 4)) {
      double product = 0;
      for (std::size_t j = 0; j < 3; ++j) product += wanted[j] * v.units()(n.word, j);
      expect_equal("the cosine of word " + std::to_string(n.word), n.cosine,
                   product / std::sqrt(length));
    }
  }
}

STEP("the three are no answers") {
  const WordVectors v = words();
  expect_ids("man is to woman as king", v.analogy(0, 1, 2, 10), {3, 5, 4});
  expect_ids("king is to queen as woman", v.analogy(2, 3, 1, 10), {5, 4, 0});
}

STEP("among the first words") { expect_ids("of five", words().analogy(0, 1, 2, 10, 5), {3, 4}); }
