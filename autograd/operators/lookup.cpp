#include "autograd/operators/lookup.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "autograd/batching/batched.hpp"
#include "autograd/operators/rows.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// For several examples: all their ids in one list.
std::optional<Var> batched_lookup(const Operand& table, const Indices& ids, const Shape& shape) {
  if (!batching()) return {};
  return batched({.op = "embedding",
                  .at = Inside::line(table.caller()),
                  .shape = shape,
                  .shared = {&table},
                  .ids = &ids},
                 [&](const Joined& all) {
                   return embedding({table, table.caller()}, all.ids);
                 });
}

} // namespace

//> embedding
Var embedding(const Operand& table, const Indices& ids) {
  if (table.rank() != 2) shape_error("embedding", {table}, "expected a table of shape (V, D)");
  const std::size_t rows = table.shape()[0], d = table.shape()[1];
  Shape shape(ids.shape().begin(), ids.shape().end());
  shape.push_back(d);
  if (const auto y = batched_lookup(table, ids, shape)) return *y; // batching
  Tensor out = Tensor::from_shape(shape);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto id = static_cast<std::size_t>(ids.data()[i]);
    if (id >= rows)
      shape_error("embedding", {table},
                  fmt::format("id {} is not a row of the table", ids.data()[i]));
    std::copy_n(table.value().data() + id * d, d, out.data() + i * d);
  }
  Var y{std::move(out)};
  return record("embedding", y, {table}, [table, ids, y, d] {
    // A gradient that is zero but for these rows: optimisers pass over the others.
    Tensor& grad = table.grad_rows({ids.data(), ids.size()});
    //> scatter
    for (std::size_t i = 0; i < ids.size(); ++i) {
      real* row = grad.data() + static_cast<std::size_t>(ids.data()[i]) * d;
      for (std::size_t j = 0; j < d; ++j) row[j] += y.grad().data()[i * d + j];
    }
    //< scatter
  });
}
//< embedding

Var index_select(const Operand& x, int axis, const Indices& ids) {
  const std::size_t at = checked_axis("index_select", x, axis), n = x.shape()[at];
  if (ids.dimension() != 1) shape_error("index_select", {x}, "expected ids of shape (m)");
  for (std::int32_t id : ids)
    if (id < 0 || static_cast<std::size_t>(id) >= n)
      shape_error("index_select", {x}, fmt::format("there is no entry {} on axis {}", id, axis));
  const Blocks b = blocks(x.shape(), at);
  Shape shape = x.shape();
  shape[at] = ids.size();
  Tensor out = Tensor::from_shape(shape);
  const auto each_row = [b](const Indices& which, auto move) { // move(offset in x, offset in y)
    for (std::size_t o = 0; o < b.outer; ++o)
      for (std::size_t i = 0; i < which.size(); ++i)
        move((o * b.n + static_cast<std::size_t>(which.data()[i])) * b.inner,
             (o * which.size() + i) * b.inner);
  };
  each_row(ids, [&](std::size_t from, std::size_t to) {
    std::copy_n(x.value().data() + from, b.inner, out.data() + to);
  });
  Var y{std::move(out)};
  return record("index_select", y, {x}, [x, y, b, each_row, ids = ids] {
    real* dx = x.grad().data();
    const real* dy = y.grad().data();
    each_row(ids, [&](std::size_t from, std::size_t to) {
      for (std::size_t j = 0; j < b.inner; ++j) dx[from + j] += dy[to + j];
    });
  });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
