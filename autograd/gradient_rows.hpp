// Which rows of a gradient may be other than zero.
//
// A batch looks up a few dozen rows of a table of a hundred thousand. The gradient is kept as a
// whole tensor all the same, so that everybody can read it; but who knows which of its rows were
// touched can clear, measure and use those alone:
//
//   ids 7 2 7  ->  rows 2 7        the other 99,998 are zero, and nobody looks
#pragma once

#include <span>
#include <vector>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

class GradientRows {
public:
  /// Begins a gradient of zeros: no row is touched.
  void begin();
  /// These rows are added to. ids: any order, repeated or not
  void add(std::span<const std::int32_t> ids);
  /// Any row may be added to: a dense gradient.
  void all() { all_ = true; }
  /// Somebody outside of a pull-back has the tensor in hands and may write anywhere.
  void lend() { lent_ = true; }

  bool is_all() const { return all_; }
  /// The touched rows of g, sorted; not for a dense gradient.
  std::span<const std::int32_t> sorted(const Tensor& g);
  /// Writes zeros into the touched rows, or into all.
  void clear(Tensor& g);

private:
  bool all_ = true, lent_ = false, in_order_ = true;
  std::vector<std::int32_t> rows_; // it stays: taken from the pool, it would be missed there
};

} // namespace tapestry::inline TAPESTRY_PRECISION
