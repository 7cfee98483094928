#include "nn/recurrent/recurrent_panels.hpp"

#include "autograd/base/product.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

RecurrentPanels::Kept RecurrentPanels::find(const Var& w, std::size_t first, std::size_t last,
                                            bool transposed) {
  const std::size_t n = last - first, k = w.shape()[1];
  const real* rows = w.value().data() + first * k; // (n, k)
  const auto make = [&] {
    return transposed ? std::make_shared<const Panels>(k, n, Matrix{rows, k, true})
                      : std::make_shared<const Panels>(n, k, Matrix{rows, k});
  };
  const std::lock_guard lock(mutex_);
  for (Entry& e : entries_) {
    if (e.first != first || e.last != last || e.transposed != transposed) continue;
    if (e.weight.identity() != w.identity()) continue;
    if (e.version != w.version()) {
      e.panels = make();
      e.version = w.version();
    }
    return e.panels;
  }
  entries_.push_back({w, w.version(), first, last, transposed, make()});
  return entries_.back().panels;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
