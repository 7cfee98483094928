#include "nn/recurrent/cho_gru_sequence.hpp"

#include <algorithm>
#include <array>

#include "autograd/base/simd.hpp"
#include "autograd/operators/rows.hpp"
#include "nn/recurrent/cho_gru_step.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

struct ChoWalk {
  SequenceInput in;
  std::size_t batch = in.steps.batch(), rows = in.steps.rows(); // B, N
  std::size_t hidden = in.directions[0].weight_hh.shape()[1];   // H
  std::size_t width = in.directions.size() * hidden;            // D*H
  struct Rows {
    Tensor gates;         // (N, 3H): the input's part; then r, z and n
    Tensor before, reset; // (N, H): the state that the step started from, and r times it
  };
  std::array<Rows, 2> directions = {};
};

// One share of the walk. h: (B, H), of one direction; output: (N, D*H)
void walk_cho(ChoWalk& k, const ChoForward& cell, const Share& share, real* h, real* output) {
  const std::size_t n = k.hidden;
  ChoWalk::Rows& m = k.directions[share.d];
  walk_steps(k.in.steps, share.d == 1, share, [&](const StepRows& at) {
    real* state = h + at.sequence * n;
    std::copy_n(state, at.count * n, m.before.data() + at.packed * n);
    cell.step(at.count, m.gates.data() + at.packed * 3 * n, state, m.reset.data() + at.packed * n,
              at.first && !given(k.in.h));
    for (std::size_t i = 0; i < at.count; ++i)
      std::copy_n(state + i * n, n, output + (at.packed + i) * k.width + share.d * n);
  });
}

// The same walk from its end. dy: (N, D*H). dh: (B, H), becomes the gradient of the first state.
// dgates: (N, 3H), dreset: (B, H)
void walk_cho_back(const ChoWalk& k, const ChoBackward& cell, const Share& share, const real* dy,
                   real* dh, real* dgates, real* dreset) {
  const std::size_t n = k.hidden;
  const ChoWalk::Rows& m = k.directions[share.d];
  walk_steps(k.in.steps, share.d == 0, share, [&](const StepRows& at) {
    real* state = dh + at.sequence * n;
    for (std::size_t i = 0; i < at.count; ++i) // what arrives from above joins in
      for_lanes(n, [to = state + i * n, above = dy + (at.packed + i) * k.width + share.d * n](
                       auto lane) { lane.store(to, lane.load(to) + lane.load(above)); });
    cell.step(at.count, m.gates.data() + at.packed * 3 * n, {m.before.data() + at.packed * n, n},
              state, dgates + at.packed * 3 * n, dreset + at.sequence * n);
  });
}

void pull_back_cho(const ChoWalk& k, const Var& y) {
  const std::size_t d_count = k.in.directions.size(), n = k.hidden;
  Tensor dh = zeros({d_count, k.batch, n}), dreset = Tensor::from_shape({d_count, k.batch, n});
  Pooled<Tensor> dgates;
  Pooled<ChoBackward> cells;
  for (const SequenceWeights& w : k.in.directions) {
    dgates.push_back(Tensor::from_shape({k.rows, 3 * n}));
    cells.emplace_back(w, k.in.gradient_clip);
  }
  share_walks(k.in, [&](const Share& share) {
    const std::size_t d = share.d, first = d * k.batch * n;
    walk_cho_back(k, cells[d], share, y.grad().data(), dh.data() + first, dgates[d].data(),
                  dreset.data() + first);
  });
  for (std::size_t d = 0; d < d_count; ++d) {
    const ChoWalk::Rows& m = k.directions[d];
    add_input_gradients(k.in, d, dgates[d]);
    add_cho_gradients(k.in.directions[d], dgates[d], {m.before.data(), n}, {m.reset.data(), n});
  }
  if (k.in.h.needs_grad()) k.in.h.grad() += dh;
}

} // namespace

SequenceOutput cho_gru_sequence(const SequenceInput& in) {
  check_sequence("cho_gru_sequence", in, 3);
  const auto kept = std::allocate_shared<ChoWalk>(PoolAllocator<ChoWalk>{}, ChoWalk{in});
  ChoWalk& k = *kept;
  const std::size_t d_count = in.directions.size(), n = k.hidden;
  Tensor h = start_state(in.h, {d_count, k.batch, n});
  Tensor output = Tensor::from_shape(with_last(in.x.shape(), k.width));
  Pooled<ChoForward> cells;
  for (std::size_t d = 0; d < d_count; ++d) {
    k.directions[d] = {gates_from_input(in, d), Tensor::from_shape({k.rows, n}),
                       Tensor::from_shape({k.rows, n})};
    cells.emplace_back(in.directions[d]);
  }
  real* const y = output.data();
  share_walks(in, [&](const Share& share) {
    walk_cho(k, cells[share.d], share, h.data() + share.d * k.batch * n, y);
  });
  const SequenceOutput out{Var{std::move(output)}, Var{std::move(h)}, {}};
  if (!wants_gradient(in)) return out;
  record("cho_gru_sequence", out.output, {tape_inputs(in), in.x.caller()},
         [kept, y = out.output] { pull_back_cho(*kept, y); });
  record_last_h(in, out.h, {out.output, in.x.caller()});
  return out;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
