#include "nn/recurrent/gru_sequence.hpp"

#include <algorithm>
#include <array>

#include "autograd/base/panels.hpp"
#include "autograd/base/product.hpp"
#include "autograd/base/simd.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// What one direction remembers of each of the N rows, for the way back.
//
// The gradients of the input's gates and of the state's gates are the same for r and z; for n they
// differ by the factor r, because the reset gate stands between them.
struct Memory {
  Tensor gates;    // (N, 3H): r, z, n; on the way back, the gradients of the input's part
  Tensor proposed; // (N, H): h w_hn^T + b_hn; on the way back, its gradient
  Tensor h_before; // (N, H): the state that the step started from
  Tensor bias;     // (3H): bias_hh, or zeros
};

struct Kept {
  SequenceInput in;
  std::size_t batch, hidden; // B, H
  std::array<Memory, 2> directions = {};
  Tensor dh = {};    // (D, B, H): of the state at the walk's present step
  Tensor from_state; // (D, B, 3H): the state's part of that step's gates, or its gradient

  explicit Kept(const SequenceInput& i)
      : in(i), batch(in.steps.batch()), hidden(in.directions[0].weight_hh.shape()[1]),
        from_state(zeros({in.directions.size(), batch, 3 * hidden})) {}
};

//> gru-row
// One row of one step. `gates` holds the input's part and gets r, z, n; `from_state` is the
// state's part but for its bias; h becomes h'.
void forward_row(std::size_t m, real* gates, const real* from_state, const real* bias, real* h,
                 real* proposed, real* output) {
  for_lanes(m, [&](auto at) {
    const auto state = [&](std::size_t gate) {
      return at.load(from_state + gate * m) + at.load(bias + gate * m);
    };
    const Lanes r = sigmoid(at.load(gates) + state(0)), z = sigmoid(at.load(gates + m) + state(1));
    const Lanes p = state(2), n = xsimd::tanh(at.load(gates + 2 * m) + r * p);
    const Lanes next = n + z * (at.load(h) - n);
    at.store(gates, r), at.store(gates + m, z), at.store(gates + 2 * m, n);
    at.store(proposed, p), at.store(h, next), at.store(output, next);
  });
}

// The way back. dh' becomes the part of dh that did not go through a product; `to_state` gets the
// gradient of the state's part, (3H).
void backward_row(std::size_t m, real* gates, real* proposed, const real* h_before, real* dh,
                  const real* dy, real* to_state, real bound) {
  const auto clip = [bound](const Lanes& g) {
    return bound > 0 ? xsimd::max(xsimd::min(g, Lanes(bound)), Lanes(-bound)) : g;
  };
  for_lanes(m, [&](auto at) {
    const Lanes r = at.load(gates), z = at.load(gates + m), n = at.load(gates + 2 * m);
    const Lanes p = at.load(proposed), h = at.load(h_before), g = at.load(dh) + at.load(dy);
    //> gru-pull-back
    const Lanes dn = clip(g * (1 - z) * (1 - n * n));
    const Lanes dz = clip(g * (h - n) * z * (1 - z));
    const Lanes dr = clip(dn * p * r * (1 - r));
    const Lanes dp = dn * r;
    at.store(gates, dr), at.store(gates + m, dz), at.store(gates + 2 * m, dn);
    at.store(to_state, dr), at.store(to_state + m, dz), at.store(to_state + 2 * m, dp);
    at.store(proposed, dp), at.store(dh, g * z);
    //< gru-pull-back
  });
}
//< gru-row

// One share of the walk. h starts as the first state and ends as the last.
void walk(Kept& k, const Panels& recurrent, const Share& share, bool keep, real* h, real* output) {
  const std::size_t d = share.d, n = k.hidden, width = k.in.directions.size() * n;
  Memory& m = k.directions[d];
  h += d * k.batch * n, output += d * n;
  real* from_state = k.from_state.data() + d * k.batch * 3 * n;
  walk_steps(k.in.steps, d == 1, share, [&](const StepRows& rows) {
    if (!rows.first || k.in.h.rank() > 0) // a state of zeros adds nothing
      recurrent.product(rows.count, {h + rows.sequence * n, n}, from_state + rows.sequence * 3 * n,
                        3 * n, false);
    for (std::size_t i = 0; i < rows.count; ++i) {
      const std::size_t row = rows.packed + i, s = rows.sequence + i;
      if (keep) std::copy_n(h + s * n, n, m.h_before.data() + row * n);
      forward_row(n, m.gates.data() + row * 3 * n, from_state + s * 3 * n, m.bias.data(), h + s * n,
                  m.proposed.data() + row * n, output + row * width);
    }
  });
}

// The same walk from its end. dh starts as the gradient of the last state and ends as that of the
// first.
void walk_back(Kept& k, const Panels& recurrent, const Share& share, const real* dy) {
  const std::size_t d = share.d, n = k.hidden, width = k.in.directions.size() * n;
  Memory& m = k.directions[d];
  real* dh = k.dh.data() + d * k.batch * n;
  real* to_state = k.from_state.data() + d * k.batch * 3 * n;
  walk_steps(k.in.steps, d == 0, share, [&](const StepRows& rows) {
    for (std::size_t i = 0; i < rows.count; ++i) {
      const std::size_t row = rows.packed + i, s = rows.sequence + i;
      backward_row(n, m.gates.data() + row * 3 * n, m.proposed.data() + row * n,
                   m.h_before.data() + row * n, dh + s * n, dy + row * width + d * n,
                   to_state + s * 3 * n, static_cast<real>(k.in.gradient_clip));
    }
    recurrent.product(rows.count, {to_state + rows.sequence * 3 * n, 3 * n}, dh + rows.sequence * n,
                      n, true);
  });
}

// Adds the gradients of the state's r, z and n: those of r and z stand among the gates'.
void add_state_gradients(const Kept& k, std::size_t d) {
  const SequenceWeights& w = k.in.directions[d];
  const Memory& m = k.directions[d];
  const std::size_t rows = k.in.steps.rows(), n = k.hidden;
  if (w.weight_hh.needs_grad()) {
    real* dw = w.weight_hh.grad().data();
    product(2 * n, n, rows, {m.gates.data(), 3 * n, true}, {m.h_before.data(), n}, dw, n, true);
    product(n, n, rows, {m.proposed.data(), n, true}, {m.h_before.data(), n}, dw + 2 * n * n, n,
            true);
  }
  if (w.bias_hh.needs_grad()) {
    const Tensor all = column_sums(m.gates), proposed = column_sums(m.proposed);
    real* db = w.bias_hh.grad().data();
    for (std::size_t j = 0; j < 2 * n; ++j) db[j] += all.data()[j];
    for (std::size_t j = 0; j < n; ++j) db[2 * n + j] += proposed.data()[j];
  }
}

void pull_back(Kept& k, const Tensor& dy) {
  const std::size_t d_count = k.in.directions.size(), n = k.hidden;
  if (k.dh.dimension() == 0) k.dh = zeros({d_count, k.batch, n});
  Pooled<Panels> recurrent;
  for (const SequenceWeights& w : k.in.directions)
    recurrent.emplace_back(3 * n, n, Matrix{w.weight_hh.value().data(), n});
  share_walks(k.in,
              [&](const Share& share) { walk_back(k, recurrent[share.d], share, dy.data()); });
  for (std::size_t d = 0; d < d_count; ++d) {
    add_input_gradients(k.in, d, k.directions[d].gates, {k.in.directions[d].bias_ih});
    add_state_gradients(k, d);
  }
  if (k.in.h.needs_grad()) k.in.h.grad() += k.dh;
}

} // namespace

SequenceOutput gru_sequence(const SequenceInput& in) {
  check_sequence("gru_sequence", in, 3);
  const auto kept = std::allocate_shared<Kept>(PoolAllocator<Kept>{}, in);
  const std::size_t d_count = in.directions.size(), rows = in.steps.rows(), n = kept->hidden;
  const bool keep = wants_gradient(in);
  Tensor h = start_state(in.h, {d_count, kept->batch, n});
  Tensor output = Tensor::from_shape(with_last(in.x.shape(), d_count * n));
  Pooled<Panels> recurrent;
  for (std::size_t d = 0; d < d_count; ++d) {
    const SequenceWeights& w = in.directions[d];
    Memory& m = kept->directions[d];
    m.gates = gates_from_input(in, d, {w.bias_ih});
    recurrent.emplace_back(n, 3 * n, Matrix{w.weight_hh.value().data(), n, true});
    m.bias = start_state(w.bias_hh, {3 * n});
    m.proposed = Tensor::from_shape({rows, n});
    if (keep) m.h_before = Tensor::from_shape({rows, n});
  }
  share_walks(in, [&](const Share& share) {
    walk(*kept, recurrent[share.d], share, keep, h.data(), output.data());
  });

  const Var y{std::move(output)}, last_h{std::move(h)};
  if (!keep) return {y, last_h, {}};
  record("gru_sequence", y, {tape_inputs(in), in.x.caller()},
         [kept, y] { pull_back(*kept, y.grad()); });
  record_last("last_h", last_h, {y, in.x.caller()}, [kept](const Tensor& g) { kept->dh = g; });
  return {y, last_h, {}};
}

} // namespace tapestry::inline TAPESTRY_PRECISION
