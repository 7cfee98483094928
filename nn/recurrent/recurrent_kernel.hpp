// What a fused walk asks of its cell: what becomes of one row of one step, there and back.
//
// The walk (recurrent_walk.hpp) knows where rows lie, multiplies, and shares the work out. The
// formulas stand in elman_sequence.cpp, lstm_sequence.cpp and gru_sequence.cpp, each on a page.
#pragma once

#include <cstddef>

#include "autograd/base/simd.hpp"
#include "nn/recurrent/sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// A row on the way forward. G gates of H entries; P = H, unless the state is projected.
struct ForwardRow {
  std::size_t n;          ///< H
  real* gates;            ///< (G*H) x w_ih^T + h w_hh^T; then what the way back wants of it
  const real* from_state; ///< (G*H) h w_hh^T, where it stays apart: then `gates` is without it
  const real* bias;       ///< (G*H) of both, or what RecurrentKernel::bias made of them
  real* h;                ///< (H) h; becomes h'
  real* c;                ///< (H) c; becomes c'
  real* beside;           ///< (H) what else the way back wants
  real* output;           ///< (H) becomes h'
};

/// The same row on the way back. What was kept is not overwritten: a pull-back may run again.
struct BackwardRow {
  std::size_t n;                   ///< H
  const real* gates;               ///< (G*H) as the way forward left it
  const real *beside, *next;       ///< (H) as well; h'
  const real *h_before, *c_before; ///< (P), (H) the state that the step started from
  const real *later, *above; ///< (H) the gradient of h' from the next step, and from the output
  real* dh;                  ///< (H) `later`, to be changed where the state stays apart
  real* dc;                  ///< (H) that of c', becomes that of c
  real* dgates;              ///< (G*H) gets those of the sums in the gates
  real* to_state;            ///< (G*H) gets those of from_state, where it stays apart
  real* dlast;               ///< (H) gets the last gate's of to_state once more
  real bound;                ///< of all these but dc; 0: none
};

class RecurrentKernel {
public:
  const char *sequence, *step; ///< the operators' names
  std::size_t gates;           ///< G
  bool has_c = false;
  bool apart = false;      ///< what the state sends is not added to what the input sends
  bool keeps_gates = true; ///< the way back reads `gates`
  bool has_beside = true;  ///< and `beside`

  virtual void forward(const ForwardRow& row) const = 0;
  virtual void backward(const BackwardRow& row) const = 0;
  /// What is added to a row: b_ih + b_hh, zeros for what is missing. -> (G*H), or more
  virtual Tensor bias(const SequenceWeights& w) const;

protected:
  RecurrentKernel(const char* sequence_, const char* step_, std::size_t gates_)
      : sequence(sequence_), step(step_), gates(gates_) {}
  ~RecurrentKernel() = default;
};

/// Cut to -bound .. bound; NaN stays. A bound of 0 cuts nothing.
inline Lanes clipped(const Lanes& g, real bound) {
  if (!(bound > 0)) return g;
  const Lanes most(bound), least(-bound);
  return xsimd::select(g > most, most, xsimd::select(g < least, least, g));
}

} // namespace tapestry::inline TAPESTRY_PRECISION
