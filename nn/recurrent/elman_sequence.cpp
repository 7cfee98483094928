#include "nn/recurrent/elman_sequence.hpp"

#include <algorithm>

#include "autograd/operators/branches.hpp"
#include "nn/recurrent/recurrent_walk.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

//> elman-row
// One row of one step. sums, bias: (H), what the nonlinearity gets; h and output, (H), become h'.
void forward_row(std::size_t n, Nonlinearity f, const real* sums, const real* bias, real* h,
                 real* output) {
  for_lanes(n, [&](auto at) {
    const Lanes sum = at.load(sums) + at.load(bias), zero(real{0});
    const Lanes next =
        f == Nonlinearity::tanh ? xsimd::tanh(sum) : xsimd::select(sum <= zero, zero, sum);
    at.store(h, next);
    at.store(output, next);
  });
}

//> bptt-step
// The way back: next, (H), holds h' and is overwritten by the gradient of the sum that it came
// from. dh, dy: (H), the gradients of h' from the step after, and from this step's output.
void backward_row(std::size_t n, Nonlinearity f, real* next, const real* dh, const real* dy,
                  real bound) {
  for_lanes(n, [&](auto at) {
    const Lanes h = at.load(next), g = at.load(dh) + at.load(dy), zero(real{0});
    const Lanes sum = f == Nonlinearity::tanh ? g * (1 - h * h) : xsimd::select(h <= zero, zero, g);
    at.store(next, clipped(sum, bound));
  });
}
//< bptt-step
//< elman-row

class Elman final : public RecurrentKernel {
public:
  explicit Elman(Nonlinearity f) : RecurrentKernel("elman_sequence", "elman_step", 1), f_(f) {
    keeps_gates = has_beside = false; // h' says all, and stands in the output
  }
  void forward(const ForwardRow& r) const override {
    forward_row(r.n, f_, r.gates, r.bias, r.h, r.output);
  }
  void backward(const BackwardRow& r) const override {
    std::copy_n(r.next, r.n, r.dgates);
    backward_row(r.n, f_, r.dgates, r.later, r.above, r.bound);
  }

private:
  Nonlinearity f_;
};

} // namespace

const RecurrentKernel& elman_kernel(Nonlinearity nonlinearity) {
  static const Elman with_tanh(Nonlinearity::tanh), with_relu(Nonlinearity::relu);
  return nonlinearity == Nonlinearity::tanh ? with_tanh : with_relu;
}

SequenceOutput elman_sequence(const SequenceInput& in, Nonlinearity nonlinearity) {
  SequenceOutput out = walk_sequences(elman_kernel(nonlinearity), in);
  if (nonlinearity == Nonlinearity::relu) note_relu(out.output);
  return out;
}

void note_relu(const Var& h) {
  const Tensor& y = h.value();
  note_branches(y.size(), [&](std::size_t i) { return y.data()[i] > 0; });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
