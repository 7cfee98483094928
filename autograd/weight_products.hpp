// The gradient of a weight matrix that many small products use.
//
// A net that runs step by step multiplies by the same W, (n, k), at every step. Each pull-back adds
// dY^T X to dW, a sum over the few rows of one step, and for that reads and writes all n k numbers
// of dW. Instead, the rows of many steps are kept under each other, and one product adds them all:
//
//   dW += dY_1^T X_1 + dY_2^T X_2 + ... = [dY_1; dY_2; ...]^T [X_1; X_2; ...]
#pragma once

#include <cstddef>
#include <vector>

#include "autograd/base/matrix.hpp"
#include "autograd/base/pool.hpp"
#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// dW[first .. first + count - 1] += dy^T x. dy: (rows, count), x: (rows, k)
struct WeightProduct {
  std::size_t first, count, rows;
  Matrix dy, x;
};

class WeightProducts {
public:
  /// Adds it to dw, (n, k).
  static void add_now(Tensor& dw, const WeightProduct& product);
  /// The same, or keeps it until the next settle().
  void add(Tensor& dw, const WeightProduct& product);
  /// Adds all that is kept.
  void settle(Tensor& dw);
  void forget() { kept_.clear(); }
  bool empty() const { return kept_.empty(); }

private:
  using Numbers = std::vector<real, PoolAllocator<real>>;
  struct Kept { // for the same rows of dW
    std::size_t first, count, rows = 0;
    Numbers dy, x; // (rows, count), (rows, k)
  };
  void settle(Tensor& dw, Kept& kept);

  std::vector<Kept> kept_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
