#include "nn/recurrent/recurrent_step.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/product.hpp"
#include "autograd/batching/batched.hpp"
#include "autograd/tape.hpp"
#include "autograd/weight_products.hpp"
#include "nn/recurrent/lstm_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

struct KeptStep {
  const RecurrentKernel& kernel;
  StepInput in;
  std::size_t batch = in.x.shape()[0], inputs = in.x.shape()[1];               // B, I
  std::size_t columns = in.weights.weight_ih.shape()[0];                       // G*H
  std::size_t hidden = columns / kernel.gates;                                 // H
  Tensor gates = Tensor::from_shape({batch, columns});                         // (B, G*H)
  Tensor beside = Tensor::from_shape({kernel.has_beside ? batch : 0, hidden}); // (B, H)

  Matrix x() const { return {in.x.value().data(), inputs}; } // (B, I)
  Matrix h() const { return {in.h.value().data(), hidden}; } // (B, H)
};
using Keep = std::shared_ptr<KeptStep>;

void check(const char* name, const RecurrentKernel& kernel, const StepInput& in) {
  const auto expect = [&](const char* what, const Var& v, const Shape& shape) {
    if (v.shape() != shape)
      throw ShapeError(fmt::format("{} at {}: {} is {}, expected {}", name,
                                   Inside::describe(in.x.caller()), what, to_string(v.shape()),
                                   to_string(shape)));
  };
  const Shape& w = in.weights.weight_hh.shape();
  if (in.x.rank() != 2) shape_error(name, {in.x}, "a step reads an input of shape (B, I)");
  expect("the input of a step", in.x, {in.x.shape()[0], in.weights.weight_ih.shape()[1]});
  expect("the state h", in.h, {in.x.shape()[0], w[1]});
  if (kernel.has_c) expect("the state c", in.c, {in.x.shape()[0], w[1]});
}

// How many parts to make of the rows, each of which takes so many multiply-adds.
std::size_t row_parts(const KeptStep& k, std::size_t products) {
  const std::size_t most = std::max<std::size_t>(1, k.batch / 8);
  return std::clamp<std::size_t>(parts_of(k.batch * products, enough_products), 1, most);
}

// Rows begin .. end-1 on one core: h and c, (B, H), become the next state.
void forward(KeptStep& k, const Panels& ih, const Panels& hh, const Tensor& bias, real* from_state,
             std::size_t begin, std::size_t end, real* h, real* c) {
  const std::size_t n = k.hidden, g = k.columns, rows = end - begin;
  real* gates = k.gates.data() + begin * g;
  ih.product(rows, {k.x().data + begin * k.inputs, k.inputs}, gates, g, false);
  hh.product(rows, {k.h().data + begin * n, n}, from_state ? from_state + begin * g : gates, g,
             !from_state);
  std::copy_n(k.h().data + begin * n, rows * n, h + begin * n); // the kernel changes it
  if (c) std::copy_n(k.in.c.value().data() + begin * n, rows * n, c + begin * n);
  for (std::size_t i = begin; i < end; ++i)
    k.kernel.forward({.n = n,
                      .gates = k.gates.data() + i * g,
                      .from_state = from_state ? from_state + i * g : nullptr,
                      .bias = bias.data(),
                      .h = h + i * n,
                      .c = c ? c + i * n : nullptr,
                      .beside = k.kernel.has_beside ? k.beside.data() + i * n : nullptr,
                      .output = h + i * n});
}

// The next state, and all that the way back wants.
struct ForwardStep {
  Keep kept;
  Tensor h, c; // (B, H)
};

ForwardStep forward(const char* name, const RecurrentKernel& kernel, const StepInput& in) {
  check(name, kernel, in);
  ForwardStep f{std::allocate_shared<KeptStep>(PoolAllocator<KeptStep>{}, KeptStep{kernel, in}),
                Tensor::from_shape(in.h.shape()), Tensor::from_shape(in.c.shape())};
  KeptStep& k = *f.kept;
  Tensor from_state = Tensor::from_shape({kernel.apart ? k.batch : 0, k.columns});
  const Tensor bias = kernel.bias(in.weights);
  const RecurrentPanels::Kept ih = in.panels->forward(in.weights.weight_ih);
  const RecurrentPanels::Kept hh = in.panels->forward(in.weights.weight_hh);
  const auto some = [&](std::size_t begin, std::size_t end, std::size_t) {
    forward(k, *ih, *hh, bias, kernel.apart ? from_state.data() : nullptr, begin, end, f.h.data(),
            kernel.has_c ? f.c.data() : nullptr);
  };
  parallel_ranges(k.batch, row_parts(k, k.columns * (k.inputs + k.hidden)), std::ref(some));
  return f;
}

// The gradients of the sums in rows first .. first + count - 1 of the weights. from_input,
// from_state: their columns for these, of (B, ...), which differ for a GRU.
struct Gates {
  std::size_t first, count;
  const Tensor &from_input, &from_state;

  Matrix rows(const Tensor& gradient, std::size_t begin) const {
    const std::size_t stride = gradient.shape()[1];
    return {gradient.data() + begin * stride, stride};
  }
};

// Each core makes rows of the gates' gradients, and sends them on to x and h while they are near.
// make: (begin, end) -> fills these rows
template <class Make> void send_back(const KeptStep& k, const Gates& g, const Make& make) {
  const SequenceWeights& w = k.in.weights;
  const std::size_t last = g.first + g.count;
  const RecurrentPanels::Kept to_x = k.in.panels->backward(w.weight_ih, g.first, last);
  const RecurrentPanels::Kept to_h = k.in.panels->backward(w.weight_hh, g.first, last);
  real* const dx = k.in.x.needs_grad() ? k.in.x.grad().data() : nullptr; // (B, I)
  real* const dh = k.in.h.needs_grad() ? k.in.h.grad().data() : nullptr; // (B, H)
  const auto rows = [&](std::size_t begin, std::size_t end, std::size_t) {
    make(begin, end);
    const std::size_t n = end - begin, in = k.inputs, h = k.hidden;
    if (dx) to_x->product(n, g.rows(g.from_input, begin), dx + begin * in, in, true);
    if (dh) to_h->product(n, g.rows(g.from_state, begin), dh + begin * h, h, true);
  };
  parallel_ranges(k.batch, row_parts(k, g.count * (k.inputs + k.hidden)), std::ref(rows));

  const auto to_weights = [&](const Tensor& gradient, const Var& weight, const Var& bias,
                              const Matrix& read) { // read: (B, columns of the weight)
    if (weight.needs_grad())
      weight.add_to_grad({g.first, g.count, k.batch, g.rows(gradient, 0), read});
    if (bias.needs_grad()) add_to(bias, column_sums(gradient), g.count, g.first);
  };
  to_weights(g.from_input, w.weight_ih, w.bias_ih, k.x());
  to_weights(g.from_state, w.weight_hh, w.bias_hh, k.h());
}

// What the kernel makes of the gradient of h' and of that of c'.
struct BackwardStep {
  explicit BackwardStep(const KeptStep& k)
      : dh(Tensor::from_shape({k.batch, k.hidden})),
        gates(Tensor::from_shape({k.batch, k.columns})),
        to_state(Tensor::from_shape({k.kernel.apart ? k.batch : 0, k.columns})) {}
  const Tensor& from_state() const { return to_state.size() > 0 ? to_state : gates; }

  Tensor dc;       // (B, H): of c', becomes that of c
  Tensor dh;       // (B, H): the part of h's that goes through no product
  Tensor gates;    // (B, G*H): of the sums in the gates
  Tensor to_state; // (B, G*H): of the state's part of them, where it stays apart
};

// Rows begin .. end-1. next, dnext: (B, H), h' and its gradient, or null: none came
void backward(const KeptStep& k, const real* next, const real* dnext, std::size_t begin,
              std::size_t end, BackwardStep& b) {
  const std::size_t n = k.hidden, g = k.columns;
  const RecurrentKernel& kernel = k.kernel;
  const Tensor none = zeros({n});
  Tensor last = Tensor::from_shape({n}); // is in to_state as well
  for (std::size_t i = begin; i < end; ++i) {
    real* const dh = b.dh.data() + i * n;
    std::fill_n(dh, n, real{0});
    kernel.backward({.n = n,
                     .gates = k.gates.data() + i * g,
                     .beside = kernel.has_beside ? k.beside.data() + i * n : nullptr,
                     .next = next ? next + i * n : nullptr,
                     .h_before = k.h().data + i * n,
                     .c_before = kernel.has_c ? k.in.c.value().data() + i * n : nullptr,
                     .later = dh,
                     .above = dnext ? dnext + i * n : none.data(),
                     .dh = dh,
                     .dc = kernel.has_c ? b.dc.data() + i * n : nullptr,
                     .dgates = b.gates.data() + i * g,
                     .to_state = kernel.apart ? b.to_state.data() + i * g : nullptr,
                     .dlast = last.data(),
                     .bound = static_cast<real>(k.in.gradient_clip)});
  }
}

Pooled<Var> tape_inputs(const StepInput& in) {
  return tape_inputs(SequenceInput{
      .x = in.x, .steps = {1, in.x.shape()[0]}, .directions = {in.weights}, .h = in.h, .c = in.c});
}

// h' = o tanh(c'), rows begin .. end-1: adds to dc', and gate, (B, H), gets the gradient of the sum
// in the output gate.
void shown_backward(const KeptStep& k, const real* dh, std::size_t begin, std::size_t end, real* dc,
                    real* dgate) {
  const std::size_t n = k.hidden;
  for (std::size_t i = begin; i < end; ++i) {
    const real *gate = k.gates.data() + i * 4 * n + 3 * n, *squashed = k.beside.data() + i * n;
    for_lanes(n, [&](auto at) {
      const Lanes o = at.load(gate), seen = at.load(squashed), g = at.load(dh + i * n);
      at.store(dc + i * n, at.load(dc + i * n) + g * o * (1 - seen * seen));
      at.store(dgate + i * n,
               clipped(g * seen * o * (1 - o), static_cast<real>(k.in.gradient_clip)));
    });
  }
}

// For several examples that step with the same weights: their rows under each other. one: the step,
// StepInput -> its results, h' and for an LSTM c'
template <class One>
BatchedResults batched_step(const char* name, const RecurrentKernel& kernel, const StepInput& in,
                            const One& one) {
  if (!batching()) return {};
  check(name, kernel, in);
  const SequenceWeights& w = in.weights;
  const Stacked states[] = {in.x, std::span(&in.h, 1), std::span(&in.c, 1)};
  const auto call = [&](const Joined& all) {
    StepInput joined = in;
    joined.x = all.x[0];
    joined.h = all.x[1];
    if (kernel.has_c) joined.c = all.x[2];
    return one(joined);
  };
  return wait_for_others({.op = kernel.step,
                          .at = Inside::line(in.x.caller()),
                          .shape = in.h.shape(),
                          .stacked = std::span(states, kernel.has_c ? 3 : 2),
                          .shared = {&w.weight_ih, &w.weight_hh, &w.bias_ih, &w.bias_hh},
                          .settings = {in.gradient_clip},
                          .second_shape = in.c.shape()},
                         std::cref(call));
}

} // namespace

Var step_once(const char* name, const RecurrentKernel& kernel, const StepInput& in) {
  const auto one = [&](const StepInput& all) {
    return BatchedResults{step_once(name, kernel, all)};
  };
  if (const BatchedResults y = batched_step(name, kernel, in, one); !y.empty()) return y[0];
  ForwardStep f = forward(name, kernel, in);
  const Var y{std::move(f.h)};
  return record(kernel.step, y, {tape_inputs(in), in.x.caller()}, [kept = f.kept, y] {
    const KeptStep& k = *kept;
    BackwardStep b(k);
    const real *next = y.value().data(), *dnext = y.grad().data();
    send_back(k, {0, k.columns, b.gates, b.from_state()},
              [&](std::size_t begin, std::size_t end) { backward(k, next, dnext, begin, end, b); });
    if (k.kernel.apart && k.in.h.needs_grad()) k.in.h.grad() += b.dh;
  });
}

// Two records, since a record has one output. The first sums i, f and g, whose gradients come from
// c' alone; the second sums o, and what it sends to c' is complete before the first is reached.
SequenceOutput lstm_step(const char* name, const StepInput& in) {
  const auto one = [&](const StepInput& all) {
    const SequenceOutput next = lstm_step(name, all);
    return BatchedResults{next.h, next.c};
  };
  if (const BatchedResults y = batched_step(name, lstm_kernel(), in, one); !y.empty())
    return {y[0], y[0], y[1]};
  ForwardStep f = forward(name, lstm_kernel(), in);
  const Var h{std::move(f.h)}, c{std::move(f.c)};
  Pooled<Var> inputs = tape_inputs(in);
  record("lstm_step", c, {inputs, in.x.caller()}, [kept = f.kept, c] {
    const KeptStep& k = *kept;
    BackwardStep b(k);
    b.dc = c.grad();
    real* const dc = k.in.c.needs_grad() ? k.in.c.grad().data() : nullptr;
    send_back(k, {0, 3 * k.hidden, b.gates, b.gates}, // without o, whose gradient is 0 here
              [&](std::size_t begin, std::size_t end) {
                backward(k, nullptr, nullptr, begin, end, b);
                const std::size_t n = k.hidden;
                for (std::size_t j = begin * n; dc && j < end * n; ++j) dc[j] += b.dc.data()[j];
              });
  });
  inputs.push_back(c);
  record("lstm_output", h, {inputs, in.x.caller()}, [kept = f.kept, h, c] {
    const KeptStep& k = *kept;
    Tensor gate = Tensor::from_shape({k.batch, k.hidden});
    const real* dh = h.grad().data();
    real* dc = c.grad().data();
    send_back(k, {3 * k.hidden, k.hidden, gate, gate}, [&](std::size_t begin, std::size_t end) {
      shown_backward(k, dh, begin, end, dc, gate.data());
    });
  });
  return {h, h, c};
}

} // namespace tapestry::inline TAPESTRY_PRECISION
