#include "nn/recurrent/recurrent.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "autograd/operators/dropout.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/init.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

Recurrent::Recurrent(const char* name, std::size_t gates, const RecurrentOptions& o, Rng& rng)
    : options_(o), name_(name) {
  const auto refuse = [&](const std::string& problem) {
    throw std::invalid_argument(fmt::format("{}: {}", name, problem));
  };
  if (o.input_size == 0 || o.hidden_size == 0 || o.num_layers == 0)
    refuse(fmt::format("input_size is {}, hidden_size {}, num_layers {}; each must be at least 1",
                       o.input_size, o.hidden_size, o.num_layers));
  if (!(o.dropout >= 0 && o.dropout < 1))
    refuse(fmt::format("dropout is {}; it must be in [0, 1)", o.dropout));
  if (o.proj_size > 0 && gates != 4) refuse("proj_size is for an LSTM");
  if (o.nonlinearity != Nonlinearity::tanh && gates != 1) refuse("nonlinearity is for an RNN");
  if (o.proj_size >= o.hidden_size)
    refuse(fmt::format("proj_size is {}; it must be less than hidden_size, {}", o.proj_size,
                       o.hidden_size));
  if (!(o.gradient_clip >= 0))
    refuse(fmt::format("gradient_clip is {}; it must not be negative", o.gradient_clip));

  const std::size_t rows = gates * o.hidden_size;
  for (std::size_t l = 0; l < o.num_layers; ++l)
    for (std::size_t d = 0; d < directions(); ++d) {
      const auto parameter = [&](const char* part, const Shape& shape) {
        return Parameter(fmt::format("{}_l{}{}", part, l, d ? "_reverse" : ""),
                         fan_uniform(shape, o.hidden_size, rng));
      };
      RecurrentWeights w;
      w.weight_ih = parameter("weight_ih", {rows, l == 0 ? o.input_size : directions() * shown()});
      w.weight_hh = parameter("weight_hh", {rows, shown()});
      if (o.bias) w.bias_ih = parameter("bias_ih", {rows});
      if (o.bias) w.bias_hh = parameter("bias_hh", {rows});
      if (o.proj_size) w.weight_hr = parameter("weight_hr", {shown(), o.hidden_size});
      weights_.push_back(std::move(w));
    }
}

void Recurrent::visit(Visitor& v) {
  for (std::size_t l = 0; l < options_.num_layers; ++l)
    for (std::size_t d = 0; d < directions(); ++d) {
      RecurrentWeights& w = weights(l, d == 1);
      const auto part = [&](const char* name, Parameter& p) {
        if (given(p)) v(fmt::format("{}_l{}{}", name, l, d ? "_reverse" : ""), p);
      };
      part("weight_ih", w.weight_ih);
      part("weight_hh", w.weight_hh);
      part("bias_ih", w.bias_ih);
      part("bias_hh", w.bias_hh);
      part("weight_hr", w.weight_hr);
    }
}

RecurrentWeights& Recurrent::weights(std::size_t l, bool reverse) {
  return const_cast<RecurrentWeights&>(std::as_const(*this).weights(l, reverse));
}

const RecurrentWeights& Recurrent::weights(std::size_t l, bool reverse) const {
  if (l >= options_.num_layers || (reverse && !options_.bidirectional))
    throw std::invalid_argument(
        fmt::format("{} has no weights of {} layer {}", name_, reverse ? "reverse" : "forward", l));
  return weights_[l * directions() + (reverse ? 1 : 0)];
}

// h and c: (D*L, B, ...), or without B for a single sequence
void Recurrent::check(const Operand& x, std::size_t batch, const Var& h, const Var& c, bool batched,
                      Rng* rng) const {
  const auto fail = [&](const std::string& problem) { shape_error(name_, {x}, problem); };
  if (x.shape().back() != options_.input_size)
    fail(fmt::format("the last axis of the input is {}, expected input_size = {}", x.shape().back(),
                     options_.input_size));
  const auto expect = [&](const char* name, const Var& state, std::size_t width) {
    Shape wanted{directions() * options_.num_layers, batch, width};
    if (!batched) wanted.erase(wanted.begin() + 1);
    if (given(state) && state.shape() != wanted)
      fail(fmt::format("the state {} is {}, expected {}", name, to_string(state.shape()),
                       to_string(wanted)));
  };
  expect("h", h, shown());
  expect("c", c, options_.hidden_size);
  if (training() && options_.dropout > 0 && options_.num_layers > 1 && !rng)
    throw std::invalid_argument(fmt::format("{} at {}: in training its dropout draws random "
                                            "numbers; pass a generator, or call eval()",
                                            name_, Inside::describe(x.caller())));
}

Recurrent::Run Recurrent::run(const Operand& x, const Var& h, const Var& c, Rng* rng) const {
  const Inside layer = inside(x.caller());
  if (x.rank() == 2) { // a single sequence is a batch of one
    if (x.shape()[0] == 0) shape_error(name_, {x}, "there are no steps");
    check(x, 1, h, c, false, rng);
    const auto batched = [](const Operand& s) {
      return given(s) ? reshape(s, {s.shape()[0], 1, s.shape()[1]}) : Var(s);
    };
    const auto single = [](const Operand& s) {
      return given(s) ? reshape(s, {s.shape()[0], s.shape()[2]}) : Var(s);
    };
    const Run r = stacked(batched(x), {x.shape()[0], 1}, batched(h), batched(c), rng);
    return {single(r.output), single(r.h), single(r.c)};
  }
  if (x.rank() != 3)
    shape_error(name_, {x},
                options_.batch_first ? "expected (B, T, I) or (T, I)"
                                     : "expected (T, B, I) or (T, I)");
  const Var in = options_.batch_first ? transpose(x, {1, 0, 2}) : Var(x); // (T, B, I)
  const Steps steps{in.shape()[0], in.shape()[1]};
  if (steps.count() == 0) shape_error(name_, {x}, "there are no steps");
  check(x, steps.batch(), h, c, true, rng);
  Run r = stacked(in, steps, h, c, rng);
  if (options_.batch_first) r.output = transpose(r.output, {1, 0, 2});
  return r;
}

Recurrent::Run Recurrent::run_step(const Operand& x, const Var& h, const Var& c) const {
  const Inside layer = inside(x.caller());
  if (weights_.size() > 1 || options_.proj_size > 0)
    throw std::invalid_argument(
        fmt::format("{}: step() is for one layer, one direction and no projection", name_));
  const RecurrentWeights& w = weights();
  const SequenceOutput out =
      next(name_, {.x = x,
                   .h = h,
                   .c = c,
                   .weights = {w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh},
                   .gradient_clip = options_.gradient_clip,
                   .panels = panels_});
  return {out.output, out.h, out.c};
}

Recurrent::Run Recurrent::run(const PackedSequence& x, const Var& h, const Var& c, Rng* rng,
                              Caller at) const {
  const Inside layer = inside(at);
  check_rows(name_, x, at);
  const Var& rows = x.data;
  if (rows.rank() != 2) shape_error(name_, {rows}, "expected packed data of shape (N, I)");
  check(rows, x.layout->batch(), h, c, true, rng);
  const auto reordered = [&](const Var& state, const Indices& order) {
    return given(state) && x.layout->reordered ? index_select(state, 1, order) : state;
  };
  Run r = stacked(rows, Steps(x.layout), reordered(h, x.layout->sorted_indices),
                  reordered(c, x.layout->sorted_indices), rng);
  r.h = reordered(r.h, x.layout->unsorted_indices);
  r.c = reordered(r.c, x.layout->unsorted_indices);
  return r;
}

//> stacked
// Each layer reads what the one below shows. The last states of all layers are joined.
Recurrent::Run Recurrent::stacked(const Operand& rows, const Steps& steps, const Var& h,
                                  const Var& c, Rng* rng) const {
  const std::size_t d = directions();
  const auto part = [&](const Var& state, std::size_t l) {
    const bool whole = !given(state) || options_.num_layers == 1;
    return whole ? state : slice(state, 0, l * d, (l + 1) * d);
  };
  std::vector<Var, PoolAllocator<Var>> last_h, last_c;
  Var x = rows;
  //> layers
  for (std::size_t l = 0; l < options_.num_layers; ++l) {
    if (l > 0 && training() && options_.dropout > 0) x = dropout(x, options_.dropout, *rng);
    SequenceInput in{.x = x,
                     .steps = steps,
                     .directions = {},
                     .h = part(h, l),
                     .c = part(c, l),
                     .gradient_clip = options_.gradient_clip};
    for (std::size_t i = 0; i < d; ++i) {
      const RecurrentWeights& w = weights(l, i == 1);
      in.directions.push_back({w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh, w.weight_hr});
    }
    const SequenceOutput out = layer(in);
    x = out.output;
    last_h.push_back(out.h);
    last_c.push_back(out.c);
  }
  //< layers
  if (options_.num_layers == 1) return {x, last_h[0], last_c[0]};
  const auto join = [&](const auto& states) {
    return given(states[0]) ? concatenate(states, 0) : states[0];
  };
  return {x, join(last_h), join(last_c)};
}
//< stacked

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
