// Tensors of different shapes, walked side by side.
#pragma once

#include <functional>

#include "autograd/base/parallel.hpp"
#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// A tensor of shape `big` beside two that broadcast to it, p and q: axis by axis, how many entries
/// there are, and how far each tensor moves from one to the next, 0 where it repeats. The innermost
/// axis stands first. Axes of size 1 are left out, and neighbours along which all three just go on
/// are one axis:
///
///   big (4, 2, 3)   p (4, 2, 3)   q (2, 3)       sizes  6  4
///                                                big    1  6
///                                                p      1  6
///                                                q      1  0
struct BroadcastWalk {
  BroadcastWalk(const Shape& big, const Shape& p, const Shape& q);
  Shape sizes, big, p, q;
};

/// Which tensor a walk writes to. Two threads must not write one entry, so they share out an axis
/// along which it moves; every entry then gets its terms in the same order on any number of
/// threads.
enum class Written { big, p };

/// A walk's share: entries begin .. end-1 of one of its axes.
struct WalkShare {
  std::size_t axis, begin, end;
};

/// Calls run(i, j, k, n) for runs of n neighbours along a share's innermost axis, which begin at i
/// in the big tensor, at j in p and at k in q.
template <class Run>
void walk_share(const BroadcastWalk& walk, const WalkShare& share, const Run& run) {
  Shape sizes = walk.sizes, index(sizes.size(), 0);
  sizes[share.axis] = share.end - share.begin;
  std::size_t i = share.begin * walk.big[share.axis], j = share.begin * walk.p[share.axis],
              k = share.begin * walk.q[share.axis];
  for (std::size_t axis = 0; axis < sizes.size();) {
    run(i, j, k, sizes[0]);
    for (axis = 1; axis < sizes.size(); ++axis) { // count up, the innermost axis fastest
      i += walk.big[axis], j += walk.p[axis], k += walk.q[axis];
      if (++index[axis] < sizes[axis]) break;
      i -= walk.big[axis] * sizes[axis];
      j -= walk.p[axis] * sizes[axis];
      k -= walk.q[axis] * sizes[axis];
      index[axis] = 0;
    }
  }
}

/// How a walk is shared out: an axis, and into how many parts.
struct WalkShares {
  std::size_t axis, parts;
};
WalkShares shares_of(const BroadcastWalk& walk, Written written, std::size_t cost);

/// The whole walk, shared by the cores if it is long. cost: of one entry, in additions.
template <class Run>
void for_each_run(const BroadcastWalk& walk, Written written, const Run& run,
                  std::size_t cost = 1) {
  const auto [axis, parts] = shares_of(walk, written, cost);
  const std::size_t cut = axis;
  const auto part = [&](std::size_t begin, std::size_t end, std::size_t) {
    if (begin < end) walk_share(walk, {cut, begin, end}, run);
  };
  if (parts == 1)
    part(0, walk.sizes[cut], 0);
  else
    parallel_ranges(walk.sizes[cut], parts, std::ref(part));
}

/// The same for one tensor beside a big one, to which the runs' results are summed: calls run(i, j,
/// n, step) for n neighbours that begin at i in the big tensor and at j in the small one, which
/// moves along with them if step is 1 and stays where it is if step is 0. small: each size is big's
/// or 1.
template <class Run> void for_each_run(const Shape& big, const Shape& small, const Run& run) {
  const BroadcastWalk walk(big, small, small);
  const std::size_t step = walk.p[0];
  for_each_run(walk, Written::p, [&](std::size_t i, std::size_t j, std::size_t, std::size_t n) {
    run(i, j, n, step);
  });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
