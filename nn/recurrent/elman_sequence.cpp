#include "nn/recurrent/elman_sequence.hpp"

#include <algorithm>
#include <array>

#include "autograd/base/panels.hpp"
#include "autograd/base/product.hpp"
#include "autograd/base/simd.hpp"
#include "autograd/operators/branches.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// What one direction remembers of each of the N rows, for the way back.
struct Memory {
  Tensor sums;     // (N, H): what the nonlinearity gets, then h'; on the way back, its gradient
  Tensor h_before; // (N, H): the state that the step started from
};

struct Kept {
  SequenceInput in;
  Nonlinearity nonlinearity;
  std::size_t batch, hidden; // B, H
  std::array<Memory, 2> directions = {};
  Tensor dh = {}; // (D, B, H): of the state at the walk's present step

  Kept(const SequenceInput& i, Nonlinearity f)
      : in(i), nonlinearity(f), batch(in.steps.batch()),
        hidden(in.directions[0].weight_hh.shape()[1]) {}
};

//> elman-row
void forward_row(std::size_t n, Nonlinearity f, real* sums, real* h, real* output) {
  for_lanes(n, [&](auto at) {
    const Lanes s = at.load(sums);
    const Lanes next = f == Nonlinearity::tanh ? xsimd::tanh(s) : xsimd::max(s, Lanes(real{0}));
    at.store(sums, next), at.store(h, next), at.store(output, next);
  });
}

//> bptt-step
// The way back: h' is overwritten by the gradient of the sum that it came from.
void backward_row(std::size_t n, Nonlinearity f, real* next, const real* dh, const real* dy,
                  real bound) {
  for_lanes(n, [&](auto at) {
    const Lanes h = at.load(next), g = at.load(dh) + at.load(dy), zero(real{0});
    const Lanes sum = f == Nonlinearity::tanh ? g * (1 - h * h) : xsimd::select(h > zero, g, zero);
    at.store(next, bound > 0 ? xsimd::max(xsimd::min(sum, Lanes(bound)), Lanes(-bound)) : sum);
  });
}
//< bptt-step
//< elman-row

// One share of the walk. h starts as the first state and ends as the last.
void walk(Kept& k, const Panels& recurrent, const Share& share, bool keep, real* h, real* output) {
  const std::size_t d = share.d, n = k.hidden, width = k.in.directions.size() * n;
  Memory& m = k.directions[d];
  h += d * k.batch * n, output += d * n;
  walk_steps(k.in.steps, d == 1, share, [&](const StepRows& rows) {
    if (!rows.first || k.in.h.rank() > 0) // a state of zeros adds nothing
      recurrent.product(rows.count, {h + rows.sequence * n, n}, m.sums.data() + rows.packed * n, n,
                        true);
    for (std::size_t i = 0; i < rows.count; ++i) {
      const std::size_t row = rows.packed + i, s = rows.sequence + i;
      if (keep) std::copy_n(h + s * n, n, m.h_before.data() + row * n);
      forward_row(n, k.nonlinearity, m.sums.data() + row * n, h + s * n, output + row * width);
    }
  });
}

// The same walk from its end. dh starts as the gradient of the last state and ends as that of the
// first.
void walk_back(Kept& k, const Panels& recurrent, const Share& share, const real* dy) {
  const std::size_t d = share.d, n = k.hidden, width = k.in.directions.size() * n;
  Memory& m = k.directions[d];
  real* dh = k.dh.data() + d * k.batch * n;
  walk_steps(k.in.steps, d == 0, share, [&](const StepRows& rows) {
    for (std::size_t i = 0; i < rows.count; ++i) {
      const std::size_t row = rows.packed + i, s = rows.sequence + i;
      backward_row(n, k.nonlinearity, m.sums.data() + row * n, dh + s * n, dy + row * width + d * n,
                   static_cast<real>(k.in.gradient_clip));
    }
    recurrent.product(rows.count, {m.sums.data() + rows.packed * n, n}, dh + rows.sequence * n, n,
                      false);
  });
}

void pull_back(Kept& k, const Tensor& dy) {
  const std::size_t d_count = k.in.directions.size(), rows = k.in.steps.rows(), n = k.hidden;
  if (k.dh.dimension() == 0) k.dh = zeros({d_count, k.batch, n});
  Pooled<Panels> recurrent;
  for (const SequenceWeights& w : k.in.directions)
    recurrent.emplace_back(n, n, Matrix{w.weight_hh.value().data(), n});
  share_walks(k.in,
              [&](const Share& share) { walk_back(k, recurrent[share.d], share, dy.data()); });
  for (std::size_t d = 0; d < d_count; ++d) { // each a single product over all steps
    const SequenceWeights& w = k.in.directions[d];
    const Memory& m = k.directions[d];
    add_input_gradients(k.in, d, m.sums, {w.bias_ih, w.bias_hh});
    if (w.weight_hh.needs_grad())
      product(n, n, rows, {m.sums.data(), n, true}, {m.h_before.data(), n},
              w.weight_hh.grad().data(), n, true);
  }
  if (k.in.h.needs_grad()) k.in.h.grad() += k.dh;
}

} // namespace

SequenceOutput elman_sequence(const SequenceInput& in, Nonlinearity nonlinearity) {
  check_sequence("elman_sequence", in, 1);
  const auto kept = std::allocate_shared<Kept>(PoolAllocator<Kept>{}, in, nonlinearity);
  const std::size_t d_count = in.directions.size(), rows = in.steps.rows(), n = kept->hidden;
  const bool keep = wants_gradient(in);
  Tensor h = start_state(in.h, {d_count, kept->batch, n});
  Tensor output = Tensor::from_shape(with_last(in.x.shape(), d_count * n));
  Pooled<Panels> recurrent;
  for (std::size_t d = 0; d < d_count; ++d) {
    const SequenceWeights& w = in.directions[d];
    Memory& m = kept->directions[d];
    m.sums = gates_from_input(in, d, {w.bias_ih, w.bias_hh});
    recurrent.emplace_back(n, n, Matrix{w.weight_hh.value().data(), n, true});
    if (keep) m.h_before = Tensor::from_shape({rows, n});
  }
  share_walks(in, [&](const Share& share) {
    walk(*kept, recurrent[share.d], share, keep, h.data(), output.data());
  });

  const Var y{std::move(output)}, last_h{std::move(h)};
  if (nonlinearity == Nonlinearity::relu)
    note_branches(y.value().size(), [&](std::size_t i) { return y.value().data()[i] > 0; });
  if (!keep) return {y, last_h, {}};
  record("elman_sequence", y, {tape_inputs(in), in.x.caller()},
         [kept, y] { pull_back(*kept, y.grad()); });
  record_last("last_h", last_h, {y, in.x.caller()}, [kept](const Tensor& g) { kept->dh = g; });
  return {y, last_h, {}};
}

} // namespace tapestry::inline TAPESTRY_PRECISION
