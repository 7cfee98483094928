// The least that a network must do, to see how far from it a step is.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace tapestry::bench {

/// The matrix products of its convolutions and linear layers, by OpenBLAS, columns at most 4,096 at
/// a time; and for layers that are no product (depthwise convolutions, poolings, normalisations)
/// a copy that reads and writes as many bytes as they must. What can be fused into those, a ReLU or
/// a sum, costs nothing here, and neither does making the columns.
class Bound {
public:
  /// Of everything that `forward` records on a tape; its results are thrown away.
  static Bound of(const std::function<void()>& forward);

  /// y = a b and, on the way back, the products of both gradients; without `to_b`, a's alone.
  /// a: (m, k), b: (k, n)
  void add_product(std::size_t m, std::size_t k, std::size_t n, bool to_b = true);
  /// A layer that reads `in` numbers and writes `out`, and on the way back reads both sides and
  /// writes one.
  void add_move(std::size_t in, std::size_t out);

  /// All of it once, forward and if asked also backward: with one BLAS thread, and with as many as
  /// the library has.
  std::vector<std::function<void()>> ways(bool back) const;

private:
  struct Product {
    std::size_t m, k, n;
    bool to_b;
  };
  struct Move {
    std::size_t in, out;
  };
  std::vector<Product> products_;
  std::vector<Move> moves_;
};

} // namespace tapestry::bench
