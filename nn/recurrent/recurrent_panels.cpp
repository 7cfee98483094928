#include "nn/recurrent/recurrent_panels.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// Changes whenever the values of w may have changed; nothing where that cannot be known.
template <class V> std::optional<std::uint64_t> version_of(const V& w) {
  if constexpr (requires { w.version(); })
    return w.version();
  else
    return {};
}

} // namespace

RecurrentPanels::Kept RecurrentPanels::find(const Var& w, std::size_t first, std::size_t last,
                                            bool transposed) {
  const std::size_t n = last - first, k = w.shape()[1];
  const real* rows = w.value().data() + first * k; // (n, k)
  const auto make = [&] {
    return transposed ? std::make_shared<const Panels>(k, n, Matrix{rows, k, true})
                      : std::make_shared<const Panels>(n, k, Matrix{rows, k});
  };
  const std::optional<std::uint64_t> version = version_of(w);
  if (!version) return make();
  const std::lock_guard lock(mutex_);
  for (Entry& e : entries_) {
    if (e.first != first || e.last != last || e.transposed != transposed) continue;
    if (&e.weight.value() != &w.value()) continue;
    if (e.version != *version) {
      e.panels = make();
      e.version = *version;
    }
    return e.panels;
  }
  entries_.push_back({w, *version, first, last, transposed, make()});
  return entries_.back().panels;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
