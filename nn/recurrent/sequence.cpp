#include "nn/recurrent/sequence.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/product.hpp"
#include "autograd/base/simd.hpp"
#include "autograd/operators/rows.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

std::size_t share_begin(const Steps& steps, std::size_t share, std::size_t shares) {
  if (share == shares) return steps.batch();
  std::size_t sequences = 0;
  for (std::size_t rows = 0; shares * rows < share * steps.rows(); ++sequences)
    rows += steps.length(sequences);
  return sequences;
}

std::size_t shares_of(const SequenceInput& in) {
  constexpr std::size_t rows_each = 8; // fewer do not fill a tile of Panels
  const std::size_t directions = in.directions.size();
  const std::size_t wanted = (thread_count() + directions - 1) / directions;
  return std::clamp<std::size_t>(in.steps.batch() / rows_each, 1, wanted);
}

namespace {

// f(row among all N, sequence) for every row.
template <class F> void for_each_step_row(const Steps& steps, F f) {
  for (std::size_t t = 0; t < steps.count(); ++t)
    for (std::size_t s = 0; s < steps.size(t); ++s) f(steps.begin(t) + s, s);
}

} // namespace

Tensor gates_from_input(const SequenceInput& in, std::size_t d) {
  const Var& weight = in.directions[d].weight_ih;
  const std::size_t rows = in.steps.rows(), columns = weight.shape()[0];
  const std::size_t input = in.x.shape().back(), stride = weight.shape()[1];
  Tensor gates = Tensor::from_shape({rows, columns});
  product(rows, columns, input, {in.x.value().data(), input}, {weight.value().data(), stride, true},
          gates.data(), columns, false);
  if (!given(in.every_step)) return gates;
  const real* more = in.every_step.value().data() + d * in.steps.batch() * columns; // (B, G*H)
  for_each_step_row(in.steps, [&](std::size_t row, std::size_t s) {
    for_lanes(columns, [to = gates.data() + row * columns, from = more + s * columns](auto at) {
      at.store(to, at.load(to) + at.load(from));
    });
  });
  return gates;
}

void add_input_gradients(const SequenceInput& in, std::size_t d, const Tensor& gates) {
  const Var& weight = in.directions[d].weight_ih;
  const std::size_t rows = in.steps.rows(), columns = weight.shape()[0];
  const std::size_t input = in.x.shape().back(), stride = weight.shape()[1];
  const Matrix g{gates.data(), columns};
  if (in.x.needs_grad())
    product(rows, input, columns, g, {weight.value().data(), stride}, in.x.grad().data(), input,
            true);
  if (weight.needs_grad())
    product(columns, input, rows, transposed(g), {in.x.value().data(), input}, weight.grad().data(),
            stride, true);
  if (!in.every_step.needs_grad()) return;
  real* more = in.every_step.grad().data() + d * in.steps.batch() * columns; // (B, G*H)
  for_each_step_row(in.steps, [&](std::size_t row, std::size_t s) {
    for_lanes(columns, [to = more + s * columns, from = gates.data() + row * columns](auto at) {
      at.store(to, at.load(to) + at.load(from));
    });
  });
}

// Each core takes some of the columns, so the sums do not depend on how many cores there are.
Tensor column_sums(const Tensor& g) {
  constexpr std::size_t together = 64; // columns: four cache lines
  const std::size_t rows = g.shape()[0], columns = g.shape()[1];
  Tensor sums = zeros({columns});
  const auto some = [&](std::size_t begin, std::size_t end, std::size_t) {
    const std::size_t left = begin * together, n = std::min(columns, end * together) - left;
    for (std::size_t i = 0; i < rows; ++i)
      for_lanes(n, [&, row = g.data() + i * columns + left, to = sums.data() + left](auto at) {
        at.store(to, at.load(to) + at.load(row));
      });
  };
  const std::size_t runs = (columns + together - 1) / together;
  const std::size_t most = std::min(runs, thread_count());
  parallel_ranges(runs, std::clamp<std::size_t>(g.size() / 100'000, 1, most), std::ref(some));
  return sums;
}

void add_to(const Var& b, const Tensor& sums, std::size_t n, std::size_t begin) {
  for (std::size_t j = 0; j < n; ++j) b.grad().data()[begin + j] += sums.data()[j];
}

Tensor start_state(const Var& start, const Shape& shape) {
  return given(start) ? start.value() : zeros(shape);
}

Pooled<Var> tape_inputs(const SequenceInput& in) {
  Pooled<Var> inputs{in.x};
  for (const SequenceWeights& w : in.directions)
    for (const Var& part : {w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh, w.weight_hr})
      if (given(part)) inputs.push_back(part);
  for (const Var& more : {in.h, in.c, in.every_step})
    if (given(more)) inputs.push_back(more);
  return inputs;
}

void record_last_h(const SequenceInput& in, const Var& last_h, const Operand& y) {
  record("last_h", last_h, {y}, [last_h, y, steps = in.steps, directions = in.directions.size()] {
    const std::size_t batch = steps.batch(), p = last_h.shape()[2], width = directions * p;
    const real* g = last_h.grad().data(); // (D, B, P)
    real* dy = y.grad().data();           // (N, D*P)
    for (std::size_t d = 0; d < directions; ++d)
      for (std::size_t s = 0; s < batch; ++s, g += p) {
        const std::size_t t = d == 0 ? steps.length(s) - 1 : 0;
        real* to = dy + (steps.begin(t) + s) * width + d * p;
        for (std::size_t j = 0; j < p; ++j) to[j] += g[j];
      }
  });
}

bool wants_gradient(const SequenceInput& in) {
  const Pooled<Var> inputs = tape_inputs(in);
  return Tape::current() &&
         std::any_of(inputs.begin(), inputs.end(), [](const Var& x) { return x.needs_grad(); });
}

void check_sequence(const char* op, const SequenceInput& in, std::size_t gates) {
  const Shape& x = in.x.shape();
  const auto expect = [&](const char* name, const Var& v, const Shape& shape, bool optional) {
    if (v.shape() != shape && !(optional && !given(v)))
      throw ShapeError(fmt::format("{} at {}: {} is {}, expected {}", op,
                                   Inside::describe(in.x.caller()), name, to_string(v.shape()),
                                   to_string(shape)));
  };
  const std::size_t directions = in.directions.size();
  if (directions < 1 || directions > 2)
    shape_error(op, {in.x},
                fmt::format("there are {} directions; expected one or two", directions));
  if (!(in.gradient_clip >= 0))
    throw std::invalid_argument(
        fmt::format("{} at {}: gradient_clip is {}; it must not be negative", op,
                    Inside::describe(in.x.caller()), in.gradient_clip));
  if (x.empty() || in.x.value().size() != in.steps.rows() * x.back())
    shape_error(op, {in.x}, fmt::format("expected {} rows", in.steps.rows()));
  for (const SequenceWeights& w : in.directions) {
    if (w.weight_ih.rank() != 2 || w.weight_ih.shape()[0] % gates != 0 ||
        w.weight_ih.shape()[0] == 0)
      shape_error(op, {in.x, w.weight_ih}, fmt::format("expected (..., I) x ({}H, I)", gates));
    const std::size_t rows = w.weight_ih.shape()[0], hidden = rows / gates;
    const std::size_t shown = w.weight_hr.rank() == 2 ? w.weight_hr.shape()[0] : hidden;
    if (&w != &in.directions[0]) { // what the first direction has, the second must have
      const SequenceWeights& first = in.directions[0];
      expect("weight_hh of the second direction", w.weight_hh, first.weight_hh.shape(), false);
      expect("weight_hr of the second direction", w.weight_hr, first.weight_hr.shape(), false);
    }
    const Shape state{in.directions.size(), in.steps.batch(), shown};
    expect("weight_ih", w.weight_ih, {rows, x.back()}, false);
    expect("weight_hh", w.weight_hh, {rows, shown}, false);
    expect("weight_hr", w.weight_hr, {shown, hidden}, true);
    expect("bias_ih", w.bias_ih, {rows}, true);
    expect("bias_hh", w.bias_hh, {rows}, true);
    expect("h", in.h, state, true);
    expect("every_step", in.every_step, with_last(state, rows), true);
    expect("c", in.c, with_last(state, hidden), true);
  }
}

} // namespace tapestry::inline TAPESTRY_PRECISION
