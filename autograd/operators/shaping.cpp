#include "autograd/operators/shaping.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h> // fmt::join, from fmt 11 on

#include "autograd/base/error.hpp"
#include "autograd/batching/batched.hpp"
#include "autograd/batching/joined_rows.hpp"
#include "autograd/operators/broadcast.hpp"
#include "autograd/operators/permute.hpp"
#include "autograd/operators/rows.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

//> blocks
Blocks blocks(const Shape& shape, std::size_t axis) {
  Blocks b{1, shape[axis], 1};
  for (std::size_t i = 0; i < axis; ++i) b.outer *= shape[i];
  for (std::size_t i = axis + 1; i < shape.size(); ++i) b.inner *= shape[i];
  return b;
}

// Two tensors that differ in rows a block, to_n and from_n: calls run(i, j, n) for the first `rows`
// rows of every block, n entries that begin at i in the one and at j in the other.
template <class Run>
void for_each_block(std::size_t to_n, std::size_t from_n, std::size_t rows, const Blocks& b,
                    Run run) {
  for (std::size_t o = 0; o < b.outer; ++o)
    run(o * to_n * b.inner, o * from_n * b.inner, rows * b.inner);
}
//< blocks

namespace {

void copy_rows(real* to, std::size_t to_n, const real* from, std::size_t from_n, std::size_t rows,
               const Blocks& b) {
  for_each_block(to_n, from_n, rows, b, [=](std::size_t i, std::size_t j, std::size_t n) {
    std::copy_n(from + j, n, to + i);
  });
}

void add_rows(real* to, std::size_t to_n, const real* from, std::size_t from_n, std::size_t rows,
              const Blocks& b) {
  for_each_block(to_n, from_n, rows, b, [=](std::size_t i, std::size_t j, std::size_t n) {
    for (std::size_t k = 0; k < n; ++k) to[i + k] += from[j + k];
  });
}

// What a pull-back holds of a list of parts, in pooled memory.
using Parts = std::vector<Var, PoolAllocator<Var>>;
Parts copied(std::span<const Var> parts) { return {parts.begin(), parts.end()}; }

// For several examples. What lies along the first axis are rows of x; along the last one, the same
// columns are cut for all.
std::optional<Var> batched_slice(const Operand& x, std::size_t axis, std::size_t begin,
                                 std::size_t end, const Shape& shape) {
  if (!batching() || begin == end) return {};
  if (axis + 1 == x.rank())
    return batched({.op = "slice",
                    .at = Inside::line(x.caller()),
                    .shape = shape,
                    .stacked = {x},
                    .settings = {static_cast<double>(begin), static_cast<double>(end)}},
                   [=](const Joined& all) { return slice(all.x[0], 1, begin, end); });
  if (axis > 0) return {};
  return JoinedRows::cut_again(x, begin * JoinedRows::rows(shape) / (end - begin), shape);
}

// For several examples: along the first axis their parts are joined in any case; along the last
// one, the parts are columns of all.
std::optional<Var> batched_concatenate(std::span<const Var> parts, std::size_t axis,
                                       const Shape& shape, Caller at) {
  if (!batching()) return {};
  const Caller line = Inside::line(at);
  if (axis + 1 == shape.size()) {
    std::vector<Stacked, PoolAllocator<Stacked>> columns;
    for (const Var& part : parts) columns.emplace_back(std::span(&part, 1));
    return batched(
        {.op = "columns", .at = line, .shape = shape, .stacked = std::span<const Stacked>(columns)},
        [](const Joined& all) {
          const std::vector<Var, PoolAllocator<Var>> x(all.x.begin(), all.x.end());
          return concatenate(x, -1, all.x[0].caller());
        });
  }
  if (axis > 0) return {};
  return batched({.op = "rows", .at = line, .shape = shape, .stacked = {Stacked(parts)}},
                 [](const Joined& all) -> Var { return all.x[0]; });
}

//> permuted
// Axis i of the result is axis order[i] of x. Shapes hold few axes without asking for memory.
Var permute(const Operand& x, const Shape& order) {
  Shape inverse(x.rank(), 0);
  for (std::size_t i = 0; i < order.size(); ++i) inverse[order[i]] = i;
  Var y{permuted(x.value(), order)};
  return record("transpose", y, {x}, [x, y, inverse = std::move(inverse)] {
    permute_into(x.grad(), y.grad(), inverse);
  });
}
//< permuted

} // namespace

Var reshape(const Operand& x, const Shape& shape) {
  const std::optional<std::size_t> wanted = countable_size(shape);
  if (const std::size_t n = size_of(x.shape()); wanted != n)
    shape_error("reshape", {x},
                fmt::format("{} has {} entries, {} has {}", to_string(x.shape()), n,
                            to_string(shape), wanted ? std::to_string(*wanted) : "too many"));
  if (batching())
    if (const auto y = JoinedRows::cut_again(x, 0, shape)) return *y;
  Var y{reshaped(x.value(), shape)};
  return record("reshape", y, {x}, [x, y] {
    const real* dy = y.grad().data();
    real* dx = x.grad().data();
    parallel_runs(y.value().size(), [dx, dy](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) dx[i] += dy[i];
    });
  });
}

Var transpose(const Operand& x) {
  Shape reversed(x.rank());
  std::iota(reversed.rbegin(), reversed.rend(), std::size_t{0});
  return permute(x, reversed);
}

Var transpose(const Operand& x, const Axes& order) {
  Shape from_front, seen(x.rank(), 0);
  for (int axis : order) {
    from_front.push_back(checked_axis("transpose", x, axis));
    seen[from_front.back()] = 1;
  }
  if (order.size() != x.rank() || std::count(seen.begin(), seen.end(), 0) > 0)
    shape_error("transpose", {x},
                fmt::format("({}) is not an order of its axes", fmt::join(order, ", ")));
  return permute(x, from_front);
}

Var broadcast_to(const Operand& x, const Shape& shape) {
  const Operand target{constant(Tensor::from_shape(shape)), x.caller()};
  if (broadcast_shape("broadcast_to", x, target) != shape)
    shape_error("broadcast_to", {x, target}, "the first must broadcast to the second");
  Var y{xt::broadcast(x.value(), shape)};
  return record("broadcast_to", y, {x}, [x, y] { sum_into(x.grad(), y.grad()); });
}

Var slice(const Operand& x, int axis, std::size_t begin, std::size_t end) {
  const std::size_t i = checked_axis("slice", x, axis);
  if (begin > end || end > x.shape()[i])
    shape_error("slice", {x}, fmt::format("{} .. {} is no range of axis {}", begin, end, axis));
  const Blocks b = blocks(x.shape(), i);
  Shape shape = x.shape();
  shape[i] = end - begin;
  if (const auto y = batched_slice(x, i, begin, end, shape)) return *y;
  Tensor out = Tensor::from_shape(shape);
  copy_rows(out.data(), end - begin, x.value().data() + begin * b.inner, b.n, end - begin, b);
  Var y{std::move(out)};
  return record("slice", y, {x}, [x, y, b, begin, end] {
    add_rows(x.grad().data() + begin * b.inner, b.n, y.grad().data(), end - begin, end - begin, b);
  });
}

Var select(const Operand& x, int axis, std::size_t index) {
  const std::size_t i = checked_axis("select", x, axis);
  if (index >= x.shape()[i])
    shape_error("select", {x}, fmt::format("there is no entry {} on axis {}", index, axis));
  const Blocks b = blocks(x.shape(), i);
  Shape shape = x.shape();
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(i));
  if (batching() && i == 0 && !shape.empty())
    if (const auto y = JoinedRows::cut_again(x, index * JoinedRows::rows(shape), shape)) return *y;
  Tensor out = Tensor::from_shape(shape);
  copy_rows(out.data(), 1, x.value().data() + index * b.inner, b.n, 1, b);
  Var y{std::move(out)};
  return record("select", y, {x}, [x, y, b, index] {
    add_rows(x.grad().data() + index * b.inner, b.n, y.grad().data(), 1, 1, b);
  });
}

Var concatenate(std::span<const Var> parts, int axis, Caller at) {
  if (parts.empty())
    throw ShapeError("concatenate at " + Inside::describe(at) + ": there are no parts");
  const Operand first{parts[0], at};
  const std::size_t i = checked_axis("concatenate", first, axis);
  Shape shape = first.shape();
  for (std::size_t p = 1; p < parts.size(); ++p) {
    Shape same = parts[p].shape();
    const bool fits = same.size() == shape.size();
    const std::size_t n = fits ? std::exchange(same[i], first.shape()[i]) : 0;
    if (!fits || same != first.shape())
      shape_error("concatenate", {first, parts[p]},
                  fmt::format("shapes must agree but for axis {}", axis));
    shape[i] += n;
  }
  if (const auto y = batched_concatenate(parts, i, shape, at)) return *y;
  const Blocks b = blocks(shape, i);
  Tensor out = Tensor::from_shape(shape);
  std::size_t begin = 0;
  for (const Var& part : parts) {
    const std::size_t n = part.shape()[i];
    copy_rows(out.data() + begin * b.inner, b.n, part.value().data(), n, n, b);
    begin += n;
  }
  Var y{std::move(out)};
  return record("concatenate", y, {parts, at}, [parts = copied(parts), y, b, i] {
    std::size_t from = 0;
    for (const Var& part : parts) {
      const std::size_t n = part.shape()[i];
      if (part.needs_grad())
        add_rows(part.grad().data(), n, y.grad().data() + from * b.inner, b.n, n, b);
      from += n;
    }
  });
}

Var stack(std::span<const Var> parts, int axis, Caller at) {
  if (parts.empty()) throw ShapeError("stack at " + Inside::describe(at) + ": there are no parts");
  const Operand first{parts[0], at};
  for (const Var& part : parts)
    if (part.shape() != first.shape()) shape_error("stack", {first, part}, "the shapes must agree");
  const int rank = static_cast<int>(first.rank());
  if (axis < -rank - 1 || axis > rank)
    shape_error("stack", {first}, fmt::format("there is no place for an axis {}", axis));
  const auto at_axis = static_cast<std::size_t>(axis < 0 ? axis + rank + 1 : axis);
  Shape shape(first.rank() + 1);
  for (std::size_t i = 0; i < shape.size(); ++i)
    shape[i] = i == at_axis ? parts.size() : first.shape()[i < at_axis ? i : i - 1];
  if (at_axis == 0 && shape.size() > 1)
    if (const auto y = batched_concatenate(parts, 0, shape, at)) return *y;
  const Blocks b = blocks(shape, at_axis);
  Tensor out = Tensor::from_shape(shape);
  for (std::size_t p = 0; p < parts.size(); ++p)
    copy_rows(out.data() + p * b.inner, b.n, parts[p].value().data(), 1, 1, b);
  Var y{std::move(out)};
  return record("stack", y, {parts, at}, [parts = copied(parts), y, b] {
    for (std::size_t p = 0; p < parts.size(); ++p)
      if (parts[p].needs_grad())
        add_rows(parts[p].grad().data(), 1, y.grad().data() + p * b.inner, b.n, 1, b);
  });
}

std::vector<Var> split(const Operand& x, const std::vector<std::size_t>& sizes, int axis) {
  const std::size_t n = x.shape()[checked_axis("split", x, axis)];
  std::size_t total = 0;
  for (std::size_t size : sizes) total += size;
  if (total != n)
    shape_error(
        "split", {x},
        fmt::format("sizes {} make {}, axis {} has {}", fmt::join(sizes, " + "), total, axis, n));
  std::vector<Var> parts;
  std::size_t begin = 0;
  for (std::size_t size : sizes) {
    parts.push_back(slice(x, axis, begin, begin + size));
    begin += size;
  }
  return parts;
}

std::vector<Var> split(const Operand& x, std::size_t size, int axis) {
  const std::size_t n = x.shape()[checked_axis("split", x, axis)];
  if (size == 0) shape_error("split", {x}, "expected parts of at least one entry");
  std::vector<std::size_t> sizes(n / size, size);
  if (n % size != 0 || n == 0) sizes.push_back(n % size);
  return split(x, sizes, axis);
}

Var detach(const Operand& x) { return constant(x.value()); }

} // namespace tapestry::inline TAPESTRY_PRECISION
