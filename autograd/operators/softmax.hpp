// From scores to probabilities, and the loss on them.
#pragma once

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

// Over the last axis. x: (..., V) -> (..., V)
Var softmax(const Operand& x);
/// log(softmax(x)), without the overflow and the cancellation of computing it so.
Var log_softmax(const Operand& x);
/// Over any axis; -1 is the last.
Var softmax(const Operand& x, int axis);
Var log_softmax(const Operand& x, int axis);
/// Among the entries whose mask is not 0. The others have probability 0 exactly, log -inf, and no
/// gradient, whatever they are. A row that is masked whole is all zeros (log: -inf), not NaN, and
/// gets no gradient. mask: any shape that broadcasts to x's, or a ShapeError. x: (..., V) ->
/// (..., V)
Var softmax(const Operand& x, const Indices& mask);
Var log_softmax(const Operand& x, const Indices& mask);

struct CrossEntropyOptions {
  int ignore_index = -100;    ///< targets of this value count for nothing
  double label_smoothing = 0; ///< the share of the target that is spread evenly over all classes
};

/// The mean over all targets that are not ignored of -log softmax(logits)[target]; with smoothing
/// e, of (1 - e) times that plus e times the mean over all classes. logits: (..., V), targets:
/// (...)
/// -> (). 0 if every target is ignored. A ShapeError names a target outside 0 .. V-1, a
/// std::invalid_argument a smoothing outside 0 .. 1.
Var cross_entropy(const Operand& logits, const Indices& targets, CrossEntropyOptions options = {});
/// That std::invalid_argument, of `op`.
void check_smoothing(const char* op, const Operand& logits, const CrossEntropyOptions& options);

} // namespace tapestry::inline TAPESTRY_PRECISION
