#include "nn/recurrent/lstm_sequence.hpp"

#include <algorithm>
#include <array>

#include "autograd/base/panels.hpp"
#include "autograd/base/product.hpp"
#include "autograd/base/simd.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// What one direction remembers of each of the N rows, for the way back.
struct Memory {
  Tensor gates;              // (N, 4H): i, f, g, o; on the way back, their gradients
  Tensor squashed;           // (N, H): tanh(c')
  Tensor h_before, c_before; // (N, P), (N, H): the state that the step started from
  Tensor hidden;             // (N, H): o tanh(c'), if it is projected
  Tensor shown_gradient;     // (N, P): on the way back, if it is projected
};

struct Kept {
  SequenceInput in;
  std::size_t batch, hidden, shown; // B, H, P
  bool projected;
  std::array<Memory, 2> directions = {};
  Tensor dh = {}, dc = {}; // (D, B, P), (D, B, H): of the state at the walk's present step
  Tensor dhidden = {};     // (D, B, H): of that state before its projection

  explicit Kept(const SequenceInput& i)
      : in(i), batch(in.steps.batch()), hidden(in.directions[0].weight_ih.shape()[0] / 4),
        shown(in.directions[0].weight_hh.shape()[1]),
        projected(in.directions[0].weight_hr.rank() > 0) {}
};

//> lstm-row
// One row of one step: the gates get their nonlinearities, c becomes c'.
void forward_row(std::size_t n, real* gates, real* c, real* squashed, real* hidden) {
  for_lanes(n, [&](auto at) {
    const Lanes i = sigmoid(at.load(gates)), f = sigmoid(at.load(gates + n));
    const Lanes g = xsimd::tanh(at.load(gates + 2 * n)), o = sigmoid(at.load(gates + 3 * n));
    const Lanes next = f * at.load(c) + i * g, seen = xsimd::tanh(next);
    at.store(gates, i), at.store(gates + n, f), at.store(gates + 2 * n, g);
    at.store(gates + 3 * n, o), at.store(c, next), at.store(squashed, seen);
    at.store(hidden, o * seen);
  });
}

// The way back: the gates are overwritten by the gradients of what they were before their
// nonlinearities, and dc' becomes dc.
void backward_row(std::size_t n, real* gates, const real* c_before, const real* squashed,
                  const real* dhidden, real* dc, real bound) {
  const auto clip = [bound](const Lanes& g) {
    return bound > 0 ? xsimd::max(xsimd::min(g, Lanes(bound)), Lanes(-bound)) : g;
  };
  for_lanes(n, [&](auto at) {
    const Lanes i = at.load(gates), f = at.load(gates + n), g = at.load(gates + 2 * n);
    const Lanes o = at.load(gates + 3 * n), c = at.load(c_before), seen = at.load(squashed);
    const Lanes dh = at.load(dhidden);
    //> lstm-pull-back
    const Lanes dnext = at.load(dc) + dh * o * (1 - seen * seen);
    at.store(gates, clip(dnext * g * i * (1 - i)));
    at.store(gates + n, clip(dnext * c * f * (1 - f)));
    at.store(gates + 2 * n, clip(dnext * i * (1 - g * g)));
    at.store(gates + 3 * n, clip(dh * seen * o * (1 - o)));
    at.store(dc, dnext * f);
    //< lstm-pull-back
  });
}
//< lstm-row

//> lstm-forward
// One share of the walk. h and c start as the first state and end as the last.
void walk(Kept& k, const Panels& recurrent, const Panels* projection, const Share& share, bool keep,
          real* h, real* c, real* output) {
  const std::size_t d = share.d, n = k.hidden, p = k.shown, width = k.in.directions.size() * p;
  Memory& m = k.directions[d];
  h += d * k.batch * p, c += d * k.batch * n, output += d * p;
  walk_steps(k.in.steps, d == 1, share, [&](const StepRows& rows) {
    real* gates = m.gates.data() + rows.packed * 4 * n;
    if (!rows.first || k.in.h.rank() > 0) // a state of zeros adds nothing
      recurrent.product(rows.count, {h + rows.sequence * p, p}, gates, 4 * n, true);
    for (std::size_t i = 0; i < rows.count; ++i) {
      const std::size_t row = rows.packed + i, s = rows.sequence + i;
      if (keep) {
        std::copy_n(h + s * p, p, m.h_before.data() + row * p);
        std::copy_n(c + s * n, n, m.c_before.data() + row * n);
      }
      forward_row(n, m.gates.data() + row * 4 * n, c + s * n, m.squashed.data() + row * n,
                  projection ? m.hidden.data() + row * n : h + s * p);
    }
    if (projection)
      projection->product(rows.count, {m.hidden.data() + rows.packed * n, n}, h + rows.sequence * p,
                          p, false);
    for (std::size_t i = 0; i < rows.count; ++i)
      std::copy_n(h + (rows.sequence + i) * p, p, output + (rows.packed + i) * width);
  });
}
//< lstm-forward

//> lstm-backward
// The same walk from its end. dh and dc start as the gradient of the last state and end as that of
// the first.
void walk_back(Kept& k, const Panels& recurrent, const Panels* projection, const Share& share,
               const real* dy) {
  const std::size_t d = share.d, n = k.hidden, p = k.shown, width = k.in.directions.size() * p;
  Memory& m = k.directions[d];
  real* dh = k.dh.data() + d * k.batch * p;
  real* dc = k.dc.data() + d * k.batch * n;
  real* dhidden = k.dhidden.data() + (projection ? d * k.batch * n : 0);
  walk_steps(k.in.steps, d == 0, share, [&](const StepRows& rows) {
    for (std::size_t i = 0; i < rows.count; ++i) { // what arrives from above joins in
      const real* from_above = dy + (rows.packed + i) * width + d * p;
      real* row = dh + (rows.sequence + i) * p;
      for (std::size_t j = 0; j < p; ++j) row[j] += from_above[j];
      if (projection) std::copy_n(row, p, m.shown_gradient.data() + (rows.packed + i) * p);
    }
    if (projection)
      projection->product(rows.count, {dh + rows.sequence * p, p}, dhidden + rows.sequence * n, n,
                          false);
    for (std::size_t i = 0; i < rows.count; ++i) {
      const std::size_t row = rows.packed + i, s = rows.sequence + i;
      backward_row(n, m.gates.data() + row * 4 * n, m.c_before.data() + row * n,
                   m.squashed.data() + row * n, projection ? dhidden + s * n : dh + s * p,
                   dc + s * n, static_cast<real>(k.in.gradient_clip));
    }
    recurrent.product(rows.count, {m.gates.data() + rows.packed * 4 * n, 4 * n},
                      dh + rows.sequence * p, p, false);
  });
}

void pull_back(Kept& k, const Tensor& dy) {
  const std::size_t d_count = k.in.directions.size(), rows = k.in.steps.rows();
  const std::size_t n = k.hidden, p = k.shown;
  if (k.dh.dimension() == 0) k.dh = zeros({d_count, k.batch, p});
  if (k.dc.dimension() == 0) k.dc = zeros({d_count, k.batch, n});
  if (k.projected) k.dhidden = Tensor::from_shape({d_count, k.batch, n});
  Pooled<Panels> recurrent, projection;
  for (std::size_t d = 0; d < d_count; ++d) {
    const SequenceWeights& w = k.in.directions[d];
    recurrent.emplace_back(4 * n, p, Matrix{w.weight_hh.value().data(), p});
    if (!k.projected) continue;
    projection.emplace_back(p, n, Matrix{w.weight_hr.value().data(), n});
    k.directions[d].shown_gradient = Tensor::from_shape({rows, p});
  }
  share_walks(k.in, [&](const Share& share) {
    walk_back(k, recurrent[share.d], k.projected ? &projection[share.d] : nullptr, share,
              dy.data());
  });
  for (std::size_t d = 0; d < d_count; ++d) { // each a single product over all steps
    const SequenceWeights& w = k.in.directions[d];
    const Memory& m = k.directions[d];
    add_input_gradients(k.in, d, m.gates, {w.bias_ih, w.bias_hh});
    if (w.weight_hh.needs_grad())
      product(4 * n, p, rows, {m.gates.data(), 4 * n, true}, {m.h_before.data(), p},
              w.weight_hh.grad().data(), p, true);
    if (k.projected && w.weight_hr.needs_grad())
      product(p, n, rows, {m.shown_gradient.data(), p, true}, {m.hidden.data(), n},
              w.weight_hr.grad().data(), n, true);
  }
  if (k.in.h.needs_grad()) k.in.h.grad() += k.dh;
  if (k.in.c.needs_grad()) k.in.c.grad() += k.dc;
}
//< lstm-backward

} // namespace

SequenceOutput lstm_sequence(const SequenceInput& in) {
  check_sequence("lstm_sequence", in, 4);
  const auto kept = std::allocate_shared<Kept>(PoolAllocator<Kept>{}, in);
  const std::size_t d_count = in.directions.size(), rows = in.steps.rows();
  const std::size_t n = kept->hidden, p = kept->shown;
  const bool keep = wants_gradient(in);
  Tensor h = start_state(in.h, {d_count, kept->batch, p});
  Tensor c = start_state(in.c, {d_count, kept->batch, n});
  Tensor output = Tensor::from_shape(with_last(in.x.shape(), d_count * p));
  Pooled<Panels> recurrent, projection;
  for (std::size_t d = 0; d < d_count; ++d) {
    const SequenceWeights& w = in.directions[d];
    Memory& m = kept->directions[d];
    m.gates = gates_from_input(in, d, {w.bias_ih, w.bias_hh});
    recurrent.emplace_back(p, 4 * n, Matrix{w.weight_hh.value().data(), p, true});
    m.squashed = Tensor::from_shape({rows, n});
    if (keep) {
      m.h_before = Tensor::from_shape({rows, p});
      m.c_before = Tensor::from_shape({rows, n});
    }
    if (!kept->projected) continue;
    projection.emplace_back(n, p, Matrix{w.weight_hr.value().data(), n, true});
    m.hidden = Tensor::from_shape({rows, n});
  }
  share_walks(in, [&](const Share& share) {
    walk(*kept, recurrent[share.d], kept->projected ? &projection[share.d] : nullptr, share, keep,
         h.data(), c.data(), output.data());
  });

  const SequenceOutput out{Var{std::move(output)}, Var{std::move(h)}, Var{std::move(c)}};
  if (!keep) return out;
  const auto [y, last_h, last_c] = out;
  record("lstm_sequence", y, {tape_inputs(in), in.x.caller()},
         [kept, y = y] { pull_back(*kept, y.grad()); });
  const Operand from{y, in.x.caller()};
  record_last("last_h", last_h, from, [kept](const Tensor& g) { kept->dh = g; });
  record_last("last_c", last_c, from, [kept](const Tensor& g) { kept->dc = g; });
  return out;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
