#include "nn/recurrent/gru_sequence.hpp"

#include <algorithm>

#include "nn/recurrent/recurrent_walk.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

//> gru-row
// One row of one step, m = H. gates: (3H), the input's part of r, z and n, which becomes them;
// from_state: (3H), the state's part; bias: (4H), of r, of z, of n, and of n's part from the state.
// h, (H), becomes h', and so does output; proposed, (H), what the reset gate is multiplied by.
void forward_row(std::size_t m, real* gates, const real* from_state, const real* bias, real* h,
                 real* proposed, real* output) {
  for_lanes(m, [&](auto at) {
    const auto sum = [&](std::size_t gate) {
      return at.load(gates + gate * m) + at.load(from_state + gate * m) + at.load(bias + gate * m);
    };
    const Lanes r = sigmoid(sum(0)), z = sigmoid(sum(1));
    const Lanes p = at.load(from_state + 2 * m) + at.load(bias + 3 * m);
    const Lanes n = xsimd::tanh(at.load(gates + 2 * m) + at.load(bias + 2 * m) + r * p);
    const Lanes next = n + z * (at.load(h) - n);
    at.store(gates, r);
    at.store(gates + m, z);
    at.store(gates + 2 * m, n);
    at.store(proposed, p);
    at.store(h, next);
    at.store(output, next);
  });
}

// The way back. opened: (3H), r, z and n; multiplied, h_before, dy: (H). dh, (H), that of h' from
// the next step, becomes the part of h's that did not go through a product. gates: (3H) gets the
// gradients of the input's part, to_state: (3H) of the state's, proposed: (H) its third again.
void backward_row(std::size_t m, const real* opened, const real* multiplied, const real* h_before,
                  const real* dy, real* dh, real* gates, real* to_state, real* proposed,
                  real bound) {
  const auto clip = [bound](const Lanes& g) { return clipped(g, bound); };
  for_lanes(m, [&](auto at) {
    const Lanes r = at.load(opened), z = at.load(opened + m), n = at.load(opened + 2 * m);
    const Lanes p = at.load(multiplied), h = at.load(h_before), g = at.load(dh) + at.load(dy);
    //> gru-pull-back
    const Lanes dn = clip(g * (1 - z) * (1 - n * n));
    const Lanes dz = clip(g * (h - n) * z * (1 - z));
    const Lanes dr = clip(dn * p * r * (1 - r));
    const Lanes dp = dn * r;
    at.store(gates, dr);
    at.store(gates + m, dz);
    at.store(gates + 2 * m, dn);
    at.store(to_state, dr);
    at.store(to_state + m, dz);
    at.store(to_state + 2 * m, dp);
    at.store(proposed, dp);
    at.store(dh, g * z);
    //< gru-pull-back
  });
}
//< gru-row

class Gru final : public RecurrentKernel {
public:
  Gru() : RecurrentKernel("gru_sequence", "gru_step", 3) { apart = true; }
  void forward(const ForwardRow& r) const override {
    forward_row(r.n, r.gates, r.from_state, r.bias, r.h, r.beside, r.output);
  }
  void backward(const BackwardRow& r) const override {
    backward_row(r.n, r.gates, r.beside, r.h_before, r.above, r.dh, r.dgates, r.to_state, r.dlast,
                 r.bound);
  }
  // The two biases of n stay apart, for the reset gate stands between them. -> (4H)
  Tensor bias(const SequenceWeights& w) const override {
    const std::size_t m = w.weight_ih.shape()[0] / 3;
    Tensor all = zeros({4 * m});
    const auto add = [&](const Var& b, std::size_t begin, std::size_t n, std::size_t to) {
      for (std::size_t j = 0; given(b) && j < n; ++j)
        all.data()[to + j] += b.value().data()[begin + j];
    };
    add(w.bias_ih, 0, 3 * m, 0);
    add(w.bias_hh, 0, 2 * m, 0);
    add(w.bias_hh, 2 * m, m, 3 * m);
    return all;
  }
};

} // namespace

const RecurrentKernel& gru_kernel() {
  static const Gru kernel;
  return kernel;
}

SequenceOutput gru_sequence(const SequenceInput& in) { return walk_sequences(gru_kernel(), in); }

} // namespace tapestry::inline TAPESTRY_PRECISION
