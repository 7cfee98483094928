#include "nn/recurrent/recurrent_walk.hpp"

#include <algorithm>
#include <array>

#include "autograd/base/panels.hpp"
#include "autograd/base/product.hpp"
#include "autograd/operators/rows.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// What one direction remembers of each of the N rows, for the way back.
struct Memory {
  Tensor gates;    // (N, G*H): what the kernel left of them
  Tensor beside;   // (N, H): what else it wants
  Tensor h_before; // (N, P): the state that the step started from
  Tensor c_before; // (N, H): the same of c
  Tensor hidden;   // (N, H): h' before its projection
};

struct Kept {
  const RecurrentKernel& kernel;
  SequenceInput in;
  std::size_t batch = in.steps.batch(), rows = in.steps.rows();              // B, N
  std::size_t hidden = in.directions[0].weight_ih.shape()[0] / kernel.gates; // H
  std::size_t shown = in.directions[0].weight_hh.shape()[1];                 // P
  std::size_t width = in.directions.size() * shown;                          // D*P
  std::size_t columns = kernel.gates * hidden;                               // G*H
  bool projected = given(in.directions[0].weight_hr);
  std::array<Memory, 2> directions = {};
};

// What the way forward needs beside: its results, and what is gone when it ends.
struct Forward {
  Tensor h, c;         // (D, B, P), (D, B, H): the states, from the first to the last
  Tensor output;       // (..., D*P)
  Tensor from_state;   // (D, B, G*H), where it stays apart
  Pooled<Tensor> bias; // as the kernel wants it
  Pooled<Panels> recurrent, projection;
};

// One share of the walk.
void walk(Kept& k, Forward& f, const Share& share, bool keep) {
  const std::size_t d = share.d, n = k.hidden, p = k.shown, g = k.columns;
  Memory& m = k.directions[d];
  real* h = f.h.data() + d * k.batch * p;                                              // (B, P)
  real* c = k.kernel.has_c ? f.c.data() + d * k.batch * n : nullptr;                   // (B, H)
  real* from_state = k.kernel.apart ? f.from_state.data() + d * k.batch * g : nullptr; // (B, G*H)
  real* output = f.output.data() + d * p; // (N, P), D*P apart
  walk_steps(k.in.steps, d == 1, share, [&](const StepRows& rows) {
    if (!rows.first || given(k.in.h)) // a state of zeros adds nothing
      f.recurrent[d].product(rows.count, {h + rows.sequence * p, p},
                             k.kernel.apart ? from_state + rows.sequence * g
                                            : m.gates.data() + rows.packed * g,
                             g, !k.kernel.apart);
    for (std::size_t i = 0; i < rows.count; ++i) {
      const std::size_t row = rows.packed + i, s = rows.sequence + i;
      if (keep) std::copy_n(h + s * p, p, m.h_before.data() + row * p);
      if (keep && c) std::copy_n(c + s * n, n, m.c_before.data() + row * n);
      real* hidden = k.projected ? m.hidden.data() + row * n : nullptr;
      k.kernel.forward({.n = n,
                        .gates = m.gates.data() + row * g,
                        .from_state = k.kernel.apart ? from_state + s * g : nullptr,
                        .bias = f.bias[d].data(),
                        .h = hidden ? hidden : h + s * p,
                        .c = c ? c + s * n : nullptr,
                        .beside = k.kernel.has_beside ? m.beside.data() + row * n : nullptr,
                        .output = hidden ? hidden : output + row * k.width});
    }
    if (!k.projected) return;
    f.projection[d].product(rows.count, {m.hidden.data() + rows.packed * n, n},
                            h + rows.sequence * p, p, false);
    for (std::size_t i = 0; i < rows.count; ++i)
      std::copy_n(h + (rows.sequence + i) * p, p, output + (rows.packed + i) * k.width);
  });
}

// What a pull-back computes on its way; nothing of it is kept, so it may run again.
struct Backward {
  const Tensor &y, &dy; // (..., D*P): the output and its gradient
  Tensor dh, dc;        // (D, B, P), (D, B, H): of the states, from the last to the first
  Tensor to_state = {}; // (D, B, G*H): of the present step, where it stays apart
  Tensor dhidden = {};  // (D, B, H): of the present step, before its projection
  Tensor no_more = {};  // (H): zeros
  struct Rows {
    Tensor gates; // (N, G*H): of the sums in the gates
    Tensor last;  // (N, H): of the last gate's part from the state, where that stays apart
    Tensor shown; // (N, P): of the states that were projected
  };
  std::array<Rows, 2> directions = {};
  Pooled<Panels> recurrent = {}, projection = {};
};

// The same walk from its end.
void walk_back(const Kept& k, Backward& b, const Share& share) {
  const std::size_t d = share.d, n = k.hidden, p = k.shown, g = k.columns;
  const Memory& m = k.directions[d];
  Backward::Rows& to = b.directions[d];
  real* dh = b.dh.data() + d * k.batch * p;                                        // (B, P)
  real* dc = k.kernel.has_c ? b.dc.data() + d * k.batch * n : nullptr;             // (B, H)
  real* to_state = k.kernel.apart ? b.to_state.data() + d * k.batch * g : nullptr; // (B, G*H)
  real* dhidden = k.projected ? b.dhidden.data() + d * k.batch * n : nullptr;      // (B, H)
  const real *y = b.y.data() + d * p, *dy = b.dy.data() + d * p; // (N, P), D*P apart
  walk_steps(k.in.steps, d == 0, share, [&](const StepRows& rows) {
    if (k.projected) {
      for (std::size_t i = 0; i < rows.count; ++i) { // what arrives from above joins in
        const real* above = dy + (rows.packed + i) * k.width;
        real* all = dh + (rows.sequence + i) * p;
        for (std::size_t j = 0; j < p; ++j) all[j] += above[j];
        std::copy_n(all, p, to.shown.data() + (rows.packed + i) * p);
      }
      b.projection[d].product(rows.count, {dh + rows.sequence * p, p}, dhidden + rows.sequence * n,
                              n, false);
    }
    for (std::size_t i = 0; i < rows.count; ++i) {
      const std::size_t row = rows.packed + i, s = rows.sequence + i;
      k.kernel.backward({.n = n,
                         .gates = k.kernel.keeps_gates ? m.gates.data() + row * g : nullptr,
                         .beside = k.kernel.has_beside ? m.beside.data() + row * n : nullptr,
                         .next = y + row * k.width,
                         .h_before = m.h_before.data() + row * p,
                         .c_before = dc ? m.c_before.data() + row * n : nullptr,
                         .later = k.projected ? dhidden + s * n : dh + s * p,
                         .above = k.projected ? b.no_more.data() : dy + row * k.width,
                         .dh = dh + s * p,
                         .dc = dc ? dc + s * n : nullptr,
                         .dgates = to.gates.data() + row * g,
                         .to_state = to_state ? to_state + s * g : nullptr,
                         .dlast = k.kernel.apart ? to.last.data() + row * n : nullptr,
                         .bound = static_cast<real>(k.in.gradient_clip)});
    }
    b.recurrent[d].product(
        rows.count,
        {k.kernel.apart ? to_state + rows.sequence * g : to.gates.data() + rows.packed * g, g},
        dh + rows.sequence * p, p, k.kernel.apart);
  });
}

// Each weight's gradient is one product over all steps.
void add_gradients(const Kept& k, std::size_t d, const Backward::Rows& of) {
  const SequenceWeights& w = k.in.directions[d];
  const Memory& m = k.directions[d];
  const std::size_t n = k.hidden, p = k.shown, g = k.columns;
  // Of the state's part of the gates: (N, G*H), but for the last gate where that stays apart.
  const std::size_t first = k.kernel.apart ? g - n : g;
  add_input_gradients(k.in, d, of.gates);
  if (w.weight_hh.needs_grad()) {
    real* dw = w.weight_hh.grad().data(); // (G*H, P)
    const Matrix before{m.h_before.data(), p};
    product(first, p, k.rows, {of.gates.data(), g, true}, before, dw, p, true);
    if (k.kernel.apart)
      product(n, p, k.rows, {of.last.data(), n, true}, before, dw + first * p, p, true);
  }
  if (w.bias_ih.needs_grad() || w.bias_hh.needs_grad()) {
    const Tensor sums = column_sums(of.gates);
    if (w.bias_ih.needs_grad()) add_to(w.bias_ih, sums, g);
    if (w.bias_hh.needs_grad()) add_to(w.bias_hh, sums, first);
  }
  if (k.kernel.apart && w.bias_hh.needs_grad()) add_to(w.bias_hh, column_sums(of.last), n, first);
  if (w.weight_hr.needs_grad())
    product(p, n, k.rows, {of.shown.data(), p, true}, {m.hidden.data(), n},
            w.weight_hr.grad().data(), n, true);
}

void pull_back(const Kept& k, const Var& y, const Var& last_c) {
  const std::size_t d_count = k.in.directions.size(), n = k.hidden, p = k.shown, g = k.columns;
  Backward b{y.value(), y.grad(), zeros({d_count, k.batch, p}), {}};
  if (k.kernel.has_c) b.dc = last_c.has_grad() ? last_c.grad() : zeros({d_count, k.batch, n});
  if (k.kernel.apart) b.to_state = Tensor::from_shape({d_count, k.batch, g});
  if (k.projected) {
    b.dhidden = Tensor::from_shape({d_count, k.batch, n});
    b.no_more = zeros({n});
  }
  for (std::size_t d = 0; d < d_count; ++d) {
    const SequenceWeights& w = k.in.directions[d];
    Backward::Rows& of = b.directions[d];
    of.gates = Tensor::from_shape({k.rows, g});
    b.recurrent.emplace_back(g, p, Matrix{w.weight_hh.value().data(), p});
    if (k.kernel.apart) of.last = Tensor::from_shape({k.rows, n});
    if (!k.projected) continue;
    of.shown = Tensor::from_shape({k.rows, p});
    b.projection.emplace_back(p, n, Matrix{w.weight_hr.value().data(), n});
  }
  share_walks(k.in, [&](const Share& share) { walk_back(k, b, share); });
  for (std::size_t d = 0; d < d_count; ++d) add_gradients(k, d, b.directions[d]);
  if (k.in.h.needs_grad()) k.in.h.grad() += b.dh;
  if (k.in.c.needs_grad()) k.in.c.grad() += b.dc;
}

} // namespace

SequenceOutput walk_sequences(const RecurrentKernel& kernel, const SequenceInput& in) {
  check_sequence(kernel.sequence, in, kernel.gates);
  const auto kept = std::allocate_shared<Kept>(PoolAllocator<Kept>{}, Kept{kernel, in});
  Kept& k = *kept;
  const std::size_t d_count = in.directions.size(), n = k.hidden, p = k.shown, g = k.columns;
  const bool keep = wants_gradient(in);
  Forward f;
  f.h = start_state(in.h, {d_count, k.batch, p});
  if (kernel.has_c) f.c = start_state(in.c, {d_count, k.batch, n});
  f.output = Tensor::from_shape(with_last(in.x.shape(), k.width));
  if (kernel.apart) f.from_state = zeros({d_count, k.batch, g});
  for (std::size_t d = 0; d < d_count; ++d) {
    const SequenceWeights& w = in.directions[d];
    Memory& m = k.directions[d];
    m.gates = gates_from_input(in, d);
    f.bias.push_back(kernel.bias(w));
    f.recurrent.emplace_back(p, g, Matrix{w.weight_hh.value().data(), p, true});
    if (kernel.has_beside) m.beside = Tensor::from_shape({k.rows, n});
    if (keep) m.h_before = Tensor::from_shape({k.rows, p});
    if (keep && kernel.has_c) m.c_before = Tensor::from_shape({k.rows, n});
    if (!k.projected) continue;
    f.projection.emplace_back(n, p, Matrix{w.weight_hr.value().data(), n, true});
    m.hidden = Tensor::from_shape({k.rows, n});
  }
  share_walks(in, [&](const Share& share) { walk(k, f, share, keep); });

  SequenceOutput out{Var{std::move(f.output)}, Var{std::move(f.h)}, {}};
  if (kernel.has_c) out.c = Var{std::move(f.c)};
  if (!keep) return out;
  if (!kernel.keeps_gates)
    for (Memory& m : k.directions) m.gates = Tensor{};
  record(kernel.sequence, out.output, {tape_inputs(in), in.x.caller()},
         [kept, y = out.output, c = out.c] { pull_back(*kept, y, c); });
  const Operand y{out.output, in.x.caller()};
  record_last_h(in, out.h, y);
  if (kernel.has_c) // the pull-back of the walk asks for its gradient itself, once it is reached
    record("last_c", out.c, {y}, [y] { y.grad(); });
  return out;
}

Tensor RecurrentKernel::bias(const SequenceWeights& w) const {
  Tensor sum = zeros({w.weight_ih.shape()[0]});
  for (const Var& b : {w.bias_ih, w.bias_hh})
    for (std::size_t j = 0; given(b) && j < sum.size(); ++j) sum.data()[j] += b.value().data()[j];
  return sum;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
