// The last layer of a language model and its loss, without the scores of all words for all tokens.
//
// 700 tokens times 10,000 words are 28 MB of scores, as much of probabilities, and as much of
// gradients, and nobody wants to keep any of them. This operator computes them some rows at a time:
// scores, loss, the scores' gradient, and from it the rows' share of every other gradient. So
// the way back is computed on the way forward; the pull-back has only to scale it.
#pragma once

#include "autograd/operators/softmax.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// cross_entropy(linear(x, weight, bias), targets, options), but for the order of its sums.
/// x: (..., K), weight: (V, K), bias: (V), targets: (...) -> ()
Var linear_cross_entropy(const Operand& x, const Operand& weight, const Operand& bias,
                         const Indices& targets, CrossEntropyOptions options = {});

} // namespace tapestry::inline TAPESTRY_PRECISION
