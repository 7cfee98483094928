// How work on pictures is shared among the cores.
#pragma once

#include <algorithm>
#include <functional>

#include "autograd/base/parallel.hpp"

namespace tapestry {

/// So many steps of a simple loop, or multiply-adds of a matrix product, are worth a thread.
constexpr std::size_t worthwhile_steps = 50'000, worthwhile_products = 2'000'000;

/// Calls f(begin, end) for runs that together are 0 .. n-1, on as many threads as `work` steps or
/// multiply-adds, of which `enough` are worth a thread, can keep busy. For results whose entries do
/// not depend on how the work is cut: the number of runs depends on the number of threads. There
/// are more of them than threads, so that whoever is done early takes another.
template <class F> void share_out(std::size_t n, std::size_t work, std::size_t enough, const F& f) {
  const std::size_t most = std::min(n, 4 * thread_count());
  if (most == 0) return;
  const auto run = [&f](std::size_t begin, std::size_t end, std::size_t) { f(begin, end); };
  parallel_ranges(n, std::clamp<std::size_t>(work / enough, 1, most), std::ref(run));
}

} // namespace tapestry
