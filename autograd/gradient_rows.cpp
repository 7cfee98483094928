#include "autograd/gradient_rows.hpp"

#include <algorithm>

namespace tapestry::inline TAPESTRY_PRECISION {

void GradientRows::begin() {
  all_ = lent_ = false;
  in_order_ = true;
  rows_.clear();
}

void GradientRows::add(std::span<const std::int32_t> ids) {
  if (all_) return;
  rows_.insert(rows_.end(), ids.begin(), ids.end());
  in_order_ = false;
}

std::span<const std::int32_t> GradientRows::sorted(const Tensor& g) {
  if (lent_) { // look for what was written
    const std::size_t rows = g.shape()[0], width = rows ? g.size() / rows : 0;
    for (std::size_t r = 0; r < rows; ++r) {
      const real* row = g.data() + r * width;
      if (std::any_of(row, row + width, [](real v) { return v != 0; }))
        rows_.push_back(static_cast<std::int32_t>(r));
    }
    in_order_ = false; // and it may be written to again
  }
  if (!in_order_) {
    std::sort(rows_.begin(), rows_.end());
    rows_.erase(std::unique(rows_.begin(), rows_.end()), rows_.end());
    in_order_ = true;
  }
  return rows_;
}

void GradientRows::clear(Tensor& g) {
  if (all_ || lent_) {
    fill(g, 0);
    return;
  }
  const std::size_t width = g.shape()[0] ? g.size() / g.shape()[0] : 0;
  for (std::int32_t r : sorted(g))
    std::fill_n(g.data() + static_cast<std::size_t>(r) * width, width, real{0});
}

} // namespace tapestry::inline TAPESTRY_PRECISION
