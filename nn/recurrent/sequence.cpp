#include "nn/recurrent/sequence.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/product.hpp"
#include "autograd/base/simd.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

std::size_t half_of_the_rows(const Steps& steps) {
  std::size_t sequences = 0;
  for (std::size_t rows = 0; 2 * rows < steps.rows(); ++sequences) rows += steps.length(sequences);
  return sequences;
}

Tensor gates_from_input(const SequenceInput& in, std::size_t d, std::initializer_list<Var> biases) {
  const Var& weight = in.directions[d].weight_ih;
  const std::size_t rows = in.steps.rows(), columns = weight.shape()[0], input = weight.shape()[1];
  Tensor bias = zeros({columns});
  for (const Var& b : biases)
    if (b.rank() == 1)
      for (std::size_t j = 0; j < columns; ++j) bias.data()[j] += b.value().data()[j];
  Tensor gates = Tensor::from_shape({rows, columns});
  for (std::size_t i = 0; i < rows; ++i)
    std::copy_n(bias.data(), columns, gates.data() + i * columns);
  product(rows, columns, input, {in.x.value().data(), input}, {weight.value().data(), input, true},
          gates.data(), columns, true);
  return gates;
}

void add_input_gradients(const SequenceInput& in, std::size_t d, const Tensor& gates,
                         std::initializer_list<Var> biases) {
  const Var& weight = in.directions[d].weight_ih;
  const std::size_t rows = in.steps.rows(), columns = weight.shape()[0], input = weight.shape()[1];
  const Matrix g{gates.data(), columns};
  if (in.x.needs_grad())
    product(rows, input, columns, g, {weight.value().data(), input}, in.x.grad().data(), input,
            true);
  if (weight.needs_grad())
    product(columns, input, rows, transposed(g), {in.x.value().data(), input}, weight.grad().data(),
            input, true);
  if (std::none_of(biases.begin(), biases.end(), [](const Var& b) { return b.needs_grad(); }))
    return;
  const Tensor sums = column_sums(gates);
  for (const Var& b : biases)
    if (b.needs_grad())
      for (std::size_t j = 0; j < columns; ++j) b.grad().data()[j] += sums.data()[j];
}

Tensor column_sums(const Tensor& g) {
  const std::size_t rows = g.shape()[0], columns = g.shape()[1];
  Tensor sums = zeros({columns});
  for (std::size_t i = 0; i < rows; ++i)
    for_lanes(columns, [&, row = g.data() + i * columns](auto at) {
      at.store(sums.data(), at.load(sums.data()) + at.load(row));
    });
  return sums;
}

Shape with_last(Shape shape, std::size_t size) {
  shape.back() = size;
  return shape;
}

Tensor start_state(const Var& start, const Shape& shape) {
  return start.rank() == 0 ? zeros(shape) : start.value();
}

Pooled<Var> tape_inputs(const SequenceInput& in) {
  Pooled<Var> inputs{in.x};
  for (const SequenceWeights& w : in.directions)
    for (const Var& part : {w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh, w.weight_hr})
      if (part.rank() > 0) inputs.push_back(part);
  for (const Var& state : {in.h, in.c})
    if (state.rank() > 0) inputs.push_back(state);
  return inputs;
}

bool wants_gradient(const SequenceInput& in) {
  const Pooled<Var> inputs = tape_inputs(in);
  return Tape::current() &&
         std::any_of(inputs.begin(), inputs.end(), [](const Var& x) { return x.needs_grad(); });
}

void check_sequence(const char* op, const SequenceInput& in, std::size_t gates) {
  const Shape& x = in.x.shape();
  const auto expect = [&](const char* name, const Var& v, const Shape& shape, bool optional) {
    if (v.shape() != shape && !(optional && v.rank() == 0))
      throw ShapeError(fmt::format("{} at {}: {} is {}, expected {}", op, to_string(in.x.caller()),
                                   name, to_string(v.shape()), to_string(shape)));
  };
  if (x.empty() || in.x.value().size() != in.steps.rows() * x.back())
    shape_error(op, {in.x}, fmt::format("expected {} rows", in.steps.rows()));
  for (const SequenceWeights& w : in.directions) {
    if (w.weight_ih.rank() != 2 || w.weight_ih.shape()[0] % gates != 0)
      shape_error(op, {in.x, w.weight_ih}, fmt::format("expected (..., I) x ({}H, I)", gates));
    const std::size_t rows = w.weight_ih.shape()[0], hidden = rows / gates;
    const std::size_t shown = w.weight_hr.rank() == 2 ? w.weight_hr.shape()[0] : hidden;
    const Shape state{in.directions.size(), in.steps.batch(), shown};
    expect("weight_ih", w.weight_ih, {rows, x.back()}, false);
    expect("weight_hh", w.weight_hh, {rows, shown}, false);
    expect("weight_hr", w.weight_hr, {shown, hidden}, true);
    expect("bias_ih", w.bias_ih, {rows}, true);
    expect("bias_hh", w.bias_hh, {rows}, true);
    expect("h", in.h, state, true);
    expect("c", in.c, with_last(state, hidden), true);
  }
}

} // namespace tapestry::inline TAPESTRY_PRECISION
