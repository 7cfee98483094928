// Words and their vectors: which are near, and which stand to each other as two others do.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// A word of the table, and the cosine of the angle between its vector and what was asked for.
struct Neighbour {
  std::size_t word;
  real cosine;
};

/// A table of words, the most frequent first where that matters, and a row for each.
class WordVectors {
public:
  /// vectors: (V, D). Throws std::invalid_argument if there are not as many words, or a word comes
  /// twice or is empty.
  WordVectors(std::vector<std::string> words, Tensor vectors);

  std::size_t size() const { return words_.size(); }
  std::size_t dim() const { return vectors_.shape()[1]; }
  const std::vector<std::string>& words() const { return words_; }
  /// As they were given. (V, D)
  const Tensor& vectors() const { return vectors_; }
  /// Divided by their lengths; a row of zeros stays so. (V, D)
  const Tensor& units() const { return units_; }
  std::optional<std::size_t> find(const std::string& word) const;
  /// The word's number. Throws std::out_of_range, naming the word.
  std::size_t at(const std::string& word) const;

  /// The cosine of the angle between two words' vectors, -1 to 1.
  real similarity(std::size_t a, std::size_t b) const;
  /// The n words nearest to a vector, by cosine, the nearest first, equals in the table's order;
  /// without those in `not_these`. Only the first `among` words are looked at; 0: all.
  std::vector<Neighbour> nearest(std::span<const real> vector, std::size_t n,
                                 std::span<const std::size_t> not_these = {},
                                 std::size_t among = 0) const;
  /// Of a word, without itself.
  std::vector<Neighbour> nearest(std::size_t word, std::size_t n) const;
  /// a is to b as c is to the words nearest to b - a + c, of unit vectors, without the three
  /// (Mikolov et al. 2013c).
  std::vector<Neighbour> analogy(std::size_t a, std::size_t b, std::size_t c, std::size_t n,
                                 std::size_t among = 0) const;

private:
  std::vector<std::string> words_;
  Tensor vectors_, units_;
  std::unordered_map<std::string, std::size_t> places_;
};

/// Where vectors lie in the plane in which they differ most (principal components): the mean taken
/// off, then the products with the directions of the largest variance. A direction's sign is chosen
/// so that its largest entry is above 0. x: (n, D) -> (n, k), k <= D. Throws std::invalid_argument
/// for another k.
Tensor principal_components(const Tensor& x, std::size_t k);

} // namespace tapestry::inline TAPESTRY_PRECISION
