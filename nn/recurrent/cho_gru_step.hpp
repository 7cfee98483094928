// One step of Cho's gated recurrent unit for some rows of a batch, there and back.
//
// The reset gate comes before the product, so a step has two products, and the second waits for the
// gates that the first one opens:
//
//   r, z = sigmoid(gates_rz + h w_rz^T)      product, row by row
//   n    = tanh(gates_n + (r h) w_n^T)       product, row by row
//   h'   = n + z (h - n)
//
// Cho et al. 2014, equations 5 to 8. The walks that use it: cho_gru_sequence.hpp and
// nn/attention/attention_decoder.hpp.
#pragma once

#include "autograd/base/panels.hpp"
#include "nn/recurrent/sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Weights packed for the way forward. w.weight_hh: (3H, H)
class ChoForward {
public:
  explicit ChoForward(const SequenceWeights& w);

  /// gates: (m, 3H), the input's part; becomes r, z and n. h: (m, H), becomes h'. reset: (m, H)
  /// becomes r h. `from_zeros`: h is 0, and its products are left out.
  void step(std::size_t m, real* gates, real* h, real* reset, bool from_zeros) const;

private:
  std::size_t n_;         // H
  Tensor bias_;           // (3H), of both
  Panels open_, propose_; // (H, 2H), (H, H)
};

/// And for the way back.
class ChoBackward {
public:
  explicit ChoBackward(const SequenceWeights& w, double gradient_clip);

  /// opened: (m, 3H), r, z and n. before: (m, H), what h was. dh: (m, H), the gradient of h',
  /// becomes that of h. dgates: (m, 3H) gets that of the sums in the gates, dreset: (m, H) that of
  /// r h.
  void step(std::size_t m, const real* opened, const Matrix& before, real* dh, real* dgates,
            real* dreset) const;

private:
  std::size_t n_;         // H
  real bound_;            // of dgates; 0: none
  Panels open_, propose_; // (2H, H), (H, H)
};

/// Adds the gradients of weight_hh and both biases, over all steps at once. dgates: (N, 3H);
/// before, reset: (N, H), what h and r h were
void add_cho_gradients(const SequenceWeights& w, const Tensor& dgates, const Matrix& before,
                       const Matrix& reset);

} // namespace tapestry::inline TAPESTRY_PRECISION
