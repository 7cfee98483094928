#include "nn/recurrent/lstm_sequence.hpp"

#include "nn/recurrent/recurrent_walk.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

//> lstm-row
// One row of one step. gates, bias: (4H), the sums of i, f, g and o, which get their
// nonlinearities; c, (H), becomes c'; squashed, h, output: (H), become tanh(c'), h' and h'.
void forward_row(std::size_t n, real* gates, const real* bias, real* c, real* squashed, real* h,
                 real* output) {
  for_lanes(n, [&](auto at) {
    const auto sum = [&](std::size_t gate) {
      return at.load(gates + gate * n) + at.load(bias + gate * n);
    };
    const Lanes i = sigmoid(sum(0)), f = sigmoid(sum(1));
    const Lanes g = xsimd::tanh(sum(2)), o = sigmoid(sum(3));
    const Lanes next = f * at.load(c) + i * g, seen = xsimd::tanh(next);
    at.store(gates, i);
    at.store(gates + n, f);
    at.store(gates + 2 * n, g);
    at.store(gates + 3 * n, o);
    at.store(c, next);
    at.store(squashed, seen);
    at.store(h, o * seen);
    at.store(output, o * seen);
  });
}

// The way back. opened: (4H), i, f, g and o; c_before, squashed: (H); later, above: (H), the
// gradients of h' from the next step and from the output. gates, (4H), gets the gradients of the
// sums, and dc, (H), the gradient of c', becomes that of c.
void backward_row(std::size_t n, const real* opened, const real* c_before, const real* squashed,
                  const real* later, const real* above, real* gates, real* dc, real bound) {
  const auto clip = [bound](const Lanes& g) { return clipped(g, bound); };
  for_lanes(n, [&](auto at) {
    const Lanes i = at.load(opened), f = at.load(opened + n), g = at.load(opened + 2 * n);
    const Lanes o = at.load(opened + 3 * n), c = at.load(c_before), seen = at.load(squashed);
    const Lanes dh = at.load(later) + at.load(above);
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

class Lstm final : public RecurrentKernel {
public:
  Lstm() : RecurrentKernel("lstm_sequence", "lstm_step", 4) { has_c = true; }
  void forward(const ForwardRow& r) const override {
    forward_row(r.n, r.gates, r.bias, r.c, r.beside, r.h, r.output);
  }
  void backward(const BackwardRow& r) const override {
    backward_row(r.n, r.gates, r.c_before, r.beside, r.later, r.above, r.dgates, r.dc, r.bound);
  }
};

} // namespace

const RecurrentKernel& lstm_kernel() {
  static const Lstm kernel;
  return kernel;
}

SequenceOutput lstm_sequence(const SequenceInput& in) { return walk_sequences(lstm_kernel(), in); }

} // namespace tapestry::inline TAPESTRY_PRECISION
