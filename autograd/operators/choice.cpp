#include "autograd/operators/choice.hpp"

#include <fmt/format.h>

#include "autograd/operators/broadcast.hpp"
#include "autograd/operators/rows.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Var chosen(const Indices& condition, const Operand& a, const Operand& b) {
  Tensor flags = Tensor::from_shape(Shape(condition.shape().begin(), condition.shape().end()));
  for (std::size_t i = 0; i < flags.size(); ++i) flags.data()[i] = condition.data()[i] != 0;
  const Operand given{constant(std::move(flags)), a.caller()};
  const Operand pair{constant(Tensor::from_shape(broadcast_shape("where", a, b))), a.caller()};
  const Shape shape = broadcast_shape("where", given, pair);

  const auto choose = [](real flag, real x) { return flag != 0 ? x : real{0}; };
  Tensor out = combined(given.value(), a.value(), shape, choose);
  for_each_pair(out, given.value(), b.value(),
                [](real& y, real flag, real other) { y = flag != 0 ? y : other; });
  Var y{std::move(out)};
  return record("where", y, {a, b}, [a, b, y, given, choose] {
    const Tensor& mask = given.value();
    if (a.needs_grad()) sum_into(a.grad(), combined(mask, y.grad(), y.shape(), choose));
    if (b.needs_grad())
      sum_into(b.grad(), combined(mask, y.grad(), y.shape(),
                                  [](real flag, real dy) { return flag != 0 ? real{0} : dy; }));
  });
}

namespace {

// f(place in x, place in y) for every entry of y = gather(x, axis, ids), in y's order.
template <class F>
void for_each_gathered(const Shape& shape, std::size_t axis, const Indices& ids, F f) {
  Shape strides(shape.size(), 1), index(shape.size(), 0);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  std::size_t place = 0; // in x, but for what the id adds
  for (std::size_t y = 0; y < ids.size(); ++y) {
    f(place + static_cast<std::size_t>(ids.data()[y]) * strides[axis], y);
    for (std::size_t i = shape.size(); i-- > 0;) { // count up, the last axis fastest
      const std::size_t step = i == axis ? 0 : strides[i];
      place += step;
      if (++index[i] < ids.shape()[i]) break;
      place -= step * ids.shape()[i];
      index[i] = 0;
    }
  }
}

} // namespace

Var gather(const Operand& x, int axis, const Indices& ids) {
  const std::size_t at = checked_axis("gather", x, axis);
  const Shape shape(ids.shape().begin(), ids.shape().end());
  bool fits = shape.size() == x.rank();
  for (std::size_t i = 0; fits && i < shape.size(); ++i) fits = i == at || shape[i] <= x.shape()[i];
  if (!fits)
    shape_error("gather", {x},
                fmt::format("ids are {}, expected as many axes, and no larger ones but for axis {}",
                            to_string(shape), axis));
  for (std::int32_t id : ids)
    if (id < 0 || static_cast<std::size_t>(id) >= x.shape()[at])
      shape_error("gather", {x}, fmt::format("there is no entry {} on axis {}", id, axis));
  Tensor out = Tensor::from_shape(shape);
  for_each_gathered(x.shape(), at, ids, [&](std::size_t from, std::size_t to) {
    out.data()[to] = x.value().data()[from];
  });
  Var y{std::move(out)};
  return record("gather", y, {x}, [x, y, at, ids = ids] {
    real* dx = x.grad().data();
    const real* dy = y.grad().data();
    for_each_gathered(x.shape(), at, ids,
                      [=](std::size_t from, std::size_t to) { dx[from] += dy[to]; });
  });
}

Indices argmax(const Operand& x, int axis) {
  const std::size_t at = checked_axis("argmax", x, axis);
  const Blocks b = blocks(x.shape(), at);
  if (b.n == 0) shape_error("argmax", {x}, "there is nothing to choose from");
  Shape shape = x.shape();
  shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(at));
  Indices places = Indices::from_shape({shape.begin(), shape.end()});
  for_each_row({b.outer, b.n * b.inner}, [&](std::size_t o) {
    for (std::size_t j = 0; j < b.inner; ++j) {
      const real* from = x.value().data() + o * b.n * b.inner + j;
      std::size_t best = 0;
      for (std::size_t i = 1; i < b.n; ++i) {
        const real v = from[i * b.inner], most = from[best * b.inner];
        if (v > most || (v != v && most == most)) best = i;
      }
      places.data()[o * b.inner + j] = static_cast<std::int32_t>(best);
    }
  });
  return places;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
