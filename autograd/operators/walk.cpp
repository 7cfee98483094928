#include "autograd/operators/walk.hpp"

#include <algorithm>

#include "autograd/base/parallel.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

BroadcastWalk::BroadcastWalk(const Shape& big_shape, const Shape& p_shape, const Shape& q_shape) {
  std::size_t big_stride = 1, p_stride = 1, q_stride = 1;
  for (std::size_t back = 1; back <= big_shape.size(); ++back) { // from the last axis
    const std::size_t n = big_shape[big_shape.size() - back];
    const auto move = [back](const Shape& shape, std::size_t& stride) {
      const std::size_t size = back <= shape.size() ? shape[shape.size() - back] : 1;
      const std::size_t moves = size == 1 ? 0 : stride;
      stride *= size;
      return moves;
    };
    const std::size_t b = big_stride, s = move(p_shape, p_stride), t = move(q_shape, q_stride);
    big_stride *= n;
    if (n == 1) continue;
    if (!sizes.empty() && s == p.back() * sizes.back() && t == q.back() * sizes.back()) {
      sizes.back() *= n;
      continue;
    }
    sizes.push_back(n), big.push_back(b), p.push_back(s), q.push_back(t);
  }
  if (std::find(big_shape.begin(), big_shape.end(), 0u) != big_shape.end())
    sizes = Shape{0}, big = p = q = Shape{1}; // no entry
  else if (sizes.empty())
    sizes = big = p = q = Shape{1}; // one entry
}

WalkShares shares_of(const BroadcastWalk& walk, Written written, std::size_t cost) {
  std::size_t entries = 1;
  for (std::size_t n : walk.sizes) entries *= n;
  const std::size_t parts = parts_of(entries * cost);
  std::size_t axis = 0, size = 1; // the outermost axis that is long enough, or else the longest
  if (parts >= 2)
    for (std::size_t a = walk.sizes.size(); a-- > 0 && size < parts;)
      if ((written == Written::big || walk.p[a] != 0) && walk.sizes[a] > size)
        axis = a, size = walk.sizes[a];
  return {axis, std::clamp<std::size_t>(parts, 1, size)};
}

} // namespace tapestry::inline TAPESTRY_PRECISION
