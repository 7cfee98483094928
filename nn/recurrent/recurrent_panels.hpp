// Weights packed for the multiplication, kept from step to step.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "autograd/base/panels.hpp"
#include "autograd/var.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// A net that runs step by step multiplies by the same weights every time. Their panels are made
/// when they are first wanted, and again only when a weight has changed. Any thread may ask.
class RecurrentPanels {
public:
  using Kept = std::shared_ptr<const Panels>;

  /// For x w^T. w: (n, k)
  Kept forward(const Var& w) { return find(w, 0, w.shape()[0], true); }
  /// For g w, of rows first .. last-1 of w.
  Kept backward(const Var& w, std::size_t first, std::size_t last) {
    return find(w, first, last, false);
  }

private:
  Kept find(const Var& w, std::size_t first, std::size_t last, bool transposed);

  struct Entry {
    Var weight; // holds on to it: no other can take its place in memory
    std::uint64_t version;
    std::size_t first, last;
    bool transposed;
    Kept panels;
  };
  std::mutex mutex_;
  std::vector<Entry> entries_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
