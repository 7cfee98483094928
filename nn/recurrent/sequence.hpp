// What the fused recurrent operators share.
//
// A cell composed from operators is clear, and slow: a record for every slice of every step. The
// fused operators (elman_sequence, lstm_sequence, gru_sequence) put a layer's whole walk over time
// on the tape as one record. They multiply all inputs by weight_ih in one product beforehand, and
// on the way back only collect the gates' gradients step by step: each weight's gradient is one
// product over all steps afterwards.
#pragma once

#include <algorithm>
#include <functional>
#include <vector>

#include "autograd/base/parallel.hpp"
#include "autograd/tape.hpp"
#include "nn/sequences/packed_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

template <class T> using Pooled = std::vector<T, PoolAllocator<T>>;

/// Whether an argument that may be missing is there: a bias, a state, a projection. What is missing
/// has shape (), as `Var{}` has.
inline bool given(const Var& x) { return x.rank() > 0; }

/// The weights of one direction of one layer, G gates: weight_ih: (G*H, I), weight_hh: (G*H, P),
/// bias_ih, bias_hh: (G*H) or () for none, weight_hr: (P, H) for an LSTM's projection or (). The
/// state that is shown has P entries; without a projection, P = H.
struct SequenceWeights {
  Var weight_ih, weight_hh, bias_ih = {}, bias_hh = {}, weight_hr = {};
};

/// What a fused operator reads.
struct SequenceInput {
  Operand x;                          ///< (..., I): a row for each step of each sequence
  Steps steps;                        ///< which rows those are
  Pooled<SequenceWeights> directions; ///< one, or forward and reverse
  Var h = {}, c = {};                 ///< (D, B, P), (D, B, H), or () for zeros
  double gradient_clip = 0; ///< bound of the gates' gradients, as clip_gradient's; 0: none
  /// (D, B, G*H), or () for nothing: added to the gates in each of a sequence's steps. What a
  /// decoder reads of a picture, or of the sentence to be translated, is multiplied by its weights
  /// once.
  Var every_step = {};
};

/// output: (..., D*P): the directions side by side. h, c: the last state, (D, B, P), (D, B, H); the
/// c of an Elman network or a GRU is ().
struct SequenceOutput {
  Var output, h, c;
};

/// What one thread walks: direction d of the sequences first .. last-1.
struct Share {
  std::size_t d, first, last;
};

/// What a walk sees of a step: `count` rows.
struct StepRows {
  std::size_t packed;   ///< the first among all N rows
  std::size_t sequence; ///< and among the B sequences
  std::size_t count;
  bool first; ///< the walk's first step
};

/// The first sequence of share number `share` of `shares`, each of which has about as many rows, in
/// whole sequences. Neighbours stay together: two cores that write every other row would take each
/// other's cache lines.
std::size_t share_begin(const Steps& steps, std::size_t share, std::size_t shares);
/// How many shares each direction is worth: one for each core, and eight sequences at least in
/// each.
std::size_t shares_of(const SequenceInput& in);

/// Shares directions and sequences among the cores: calls walk(share) for each. Every row is
/// computed alike whoever computes it, so the result does not depend on the number of cores.
template <class Walk> void share_walks(const SequenceInput& in, Walk walk) {
  const std::size_t shares = shares_of(in);
  const auto one = [&](std::size_t i) {
    const std::size_t d = i / shares, share = i % shares;
    walk(Share{d, share_begin(in.steps, share, shares), share_begin(in.steps, share + 1, shares)});
  };
  parallel_parts(in.directions.size() * shares, std::ref(one));
}

/// Calls step(rows) for every step that has rows of this share.
//> walk-steps
template <class F>
void walk_steps(const Steps& steps, bool from_the_end, const Share& share, F step) {
  for (std::size_t i = 0; i < steps.count(); ++i) {
    const std::size_t t = from_the_end ? steps.count() - 1 - i : i;
    const std::size_t last = std::min(steps.size(t), share.last);
    if (share.first < last)
      step(StepRows{steps.begin(t) + share.first, share.first, last - share.first, i == 0});
  }
}
//< walk-steps

/// x weight_ih^T for direction d, all rows in one product, and every_step. weight_ih may have more
/// columns than x, for what the caller adds. -> (N, G*H)
Tensor gates_from_input(const SequenceInput& in, std::size_t d);
/// From the gradient of that, (N, G*H): adds those of x, every_step and weight_ih.
void add_input_gradients(const SequenceInput& in, std::size_t d, const Tensor& gates);
/// The sum of all rows. g: (N, columns) -> (columns)
Tensor column_sums(const Tensor& g);
/// Adds sums[j] to entry begin + j of b's gradient, for j < n.
void add_to(const Var& b, const Tensor& sums, std::size_t n, std::size_t begin = 0);

/// The state to start from, or zeros. -> a copy of `start`, or `shape`
Tensor start_state(const Var& start, const Shape& shape);

/// Whether the tape is to keep what the way back needs.
bool wants_gradient(const SequenceInput& in);
/// The operator's inputs, for the tape.
Pooled<Var> tape_inputs(const SequenceInput& in);
/// The last states on the tape: each is one of the output's rows, and so is its gradient.
/// last_h: (D, B, P), y: (..., D*P)
void record_last_h(const SequenceInput& in, const Var& last_h, const Operand& y);
/// The ShapeError of `op` unless all shapes fit together, for a cell of `gates` gates.
void check_sequence(const char* op, const SequenceInput& in, std::size_t gates);

} // namespace tapestry::inline TAPESTRY_PRECISION
