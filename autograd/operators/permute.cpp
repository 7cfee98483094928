#include "autograd/operators/permute.hpp"

#include <algorithm>
#include <functional>

#include "autograd/base/parallel.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// The axes of the result, the outermost first, without those of size 1, and with neighbours that
// are neighbours in x as well made one: how many entries, and how far apart they are in x and in
// the result.
struct Plan {
  Shape sizes, from, to;
};

Plan plan(const Shape& shape, const Shape& order) {
  Shape strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  Plan p;
  for (std::size_t axis : order) {
    const std::size_t n = shape[axis], step = strides[axis];
    if (n == 1) continue;
    if (!p.sizes.empty() && p.from.back() == n * step) {
      p.sizes.back() *= n;
      p.from.back() = step;
    } else {
      p.sizes.push_back(n);
      p.from.push_back(step);
    }
  }
  if (p.sizes.empty()) p.sizes = p.from = Shape{1};
  p.to = Shape(p.sizes.size(), 1);
  for (std::size_t i = p.sizes.size(); i-- > 1;) p.to[i - 1] = p.to[i] * p.sizes[i];
  return p;
}

// to[i * to_step + j] (= or +=) from[i + j * from_step] for i < rows, j < columns: a matrix flipped
// at its diagonal. In squares of a few cache lines: else every entry that is read would have to
// fetch a line of which the next 15 are wanted much later.
template <class Put>
void flip(real* to, std::size_t to_step, const real* from, std::size_t from_step, std::size_t rows,
          std::size_t columns, Put put) {
  constexpr std::size_t side = 16;
  for (std::size_t top = 0; top < rows; top += side)
    for (std::size_t left = 0; left < columns; left += side) {
      const std::size_t height = std::min(side, rows - top), width = std::min(side, columns - left);
      real square[side][side];
      if (height == side && width == side) { // sizes that the compiler knows
        for (std::size_t j = 0; j < side; ++j)
          for (std::size_t i = 0; i < side; ++i)
            square[j][i] = from[(left + j) * from_step + top + i];
        for (std::size_t i = 0; i < side; ++i)
          for (std::size_t j = 0; j < side; ++j)
            put(to[(top + i) * to_step + left + j], square[j][i]);
      } else {
        for (std::size_t i = 0; i < height; ++i)
          for (std::size_t j = 0; j < width; ++j)
            put(to[(top + i) * to_step + left + j], from[(left + j) * from_step + top + i]);
      }
    }
}

template <class Put>
void move_entries(real* to, const real* from, const Shape& shape, const Shape& order, Put put) {
  if (std::find(shape.begin(), shape.end(), 0u) != shape.end()) return;
  const Plan p = plan(shape, order);
  const std::size_t last = p.sizes.size() - 1, n = p.sizes[last];
  // Either the last axis of the result is that of x: rows are moved. Or another axis of the result
  // is: with the last one it makes a matrix to flip.
  std::size_t flat = last;
  for (std::size_t i = 0; i < last; ++i)
    if (p.from[i] == 1) flat = i;
  Shape outer; // all other axes
  std::size_t blocks = 1;
  for (std::size_t i = 0; i < last; ++i)
    if (i != flat) {
      outer.push_back(i);
      blocks *= p.sizes[i];
    }
  const auto block = [&](std::size_t number, std::size_t begin, std::size_t end) {
    std::size_t i = 0, j = 0; // where the block begins in the result and in x
    for (std::size_t o = outer.size(); o-- > 0;) {
      const std::size_t axis = outer[o], at = number % p.sizes[axis];
      number /= p.sizes[axis];
      i += at * p.to[axis];
      j += at * p.from[axis];
    }
    if (flat == last) {
      for (std::size_t k = begin; k < end; ++k) put(to[i + k], from[j + k]);
    } else {
      flip(to + i + begin * p.to[flat], p.to[flat], from + j + begin, p.from[last], end - begin, n,
           put);
    }
  };
  // Many blocks are shared by the cores; of few blocks, each one's rows.
  const std::size_t length = p.sizes[flat], entries = blocks * length * (flat == last ? 1 : n);
  const std::size_t parts = parts_of(entries);
  if (parts < 2) {
    for (std::size_t b = 0; b < blocks; ++b) block(b, 0, length);
  } else if (blocks >= parts) {
    const auto part = [&](std::size_t begin, std::size_t end, std::size_t) {
      for (std::size_t b = begin; b < end; ++b) block(b, 0, length);
    };
    parallel_ranges(blocks, parts, std::ref(part));
  } else {
    const auto part = [&](std::size_t begin, std::size_t end, std::size_t) {
      for (std::size_t b = 0; b < blocks; ++b) block(b, begin, end);
    };
    parallel_ranges(length, parts, std::ref(part));
  }
}

} // namespace

Tensor permuted(const Tensor& x, const Shape& order) {
  Shape shape;
  for (std::size_t axis : order) shape.push_back(x.shape()[axis]);
  Tensor y = Tensor::from_shape(shape);
  move_entries(y.data(), x.data(), x.shape(), order, [](real& a, real b) { a = b; });
  return y;
}

void permute_into(Tensor& to, const Tensor& x, const Shape& order) {
  move_entries(to.data(), x.data(), x.shape(), order, [](real& a, real b) { a += b; });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
