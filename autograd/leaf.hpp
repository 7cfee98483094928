// What a variable has that nothing computed: a name, a count of its changes, and a gradient that
// may be touched in a few rows only.
#pragma once

#include "autograd/gradient_rows.hpp"
#include "autograd/var.hpp"
#include "autograd/weight_products.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct Var::Leaf {
  std::string name;
  std::uint64_t version = 0;      // of the value; it grows whenever that may have changed
  std::uint64_t grad_version = 0; // of the value that the gradient is of

  // Whoever asks a parameter for a value to write to may only read it. If a tape has recorded that
  // value, a copy of it tells the one from the other.
  bool recorded = false;
  std::uint64_t kept_first = 0, kept_last = 0; // the versions that it was the value of
  std::optional<Tensor> kept;

  GradientRows rows;
  WeightProducts products; // not in the gradient yet
  bool all_zero = false;   // the gradient's memory, between zero_grad() and the next gradient

  /// Before anybody gets the gradient as a whole.
  void whole_gradient();
  /// zero_grad(): rows of which it is known that they were touched are cleared at once.
  void clear(Tensor& gradient);
};

} // namespace tapestry::inline TAPESTRY_PRECISION
