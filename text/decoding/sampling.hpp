// From the scores of the next token to one token: the likeliest, or a drawn one.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "autograd/random.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct SamplingOptions {
  /// Scores are divided by it before the softmax: below 1 sharpens, above 1 flattens. 0 always
  /// takes the likeliest token (greedy).
  double temperature = 1;
  std::size_t top_k = 0; ///< only the k likeliest tokens (Fan, Lewis and Dauphin 2018); 0: all
  /// Only the fewest likeliest tokens whose probabilities add up to p at least: the nucleus
  /// (Holtzman et al. 2020, eq. 3). 1: all
  double top_p = 1;
};

/// The probabilities that `sample` draws from, in this order: temperature, top-k, top-p, each on
/// what the one before left, renormalised. Among equal scores the lower id counts as likelier.
/// scores: (V), log probabilities or any logits; -inf is never drawn -> (V), summing to 1
/// A std::invalid_argument for options out of range, a NaN or +inf among the scores, or no score
/// above -inf.
std::vector<double> sampling_probabilities(std::span<const real> scores,
                                           const SamplingOptions& options = {});

/// The fewest likeliest entries whose sum reaches top_p, renormalised; the others 0. At least one
/// is left. probabilities: (V), summing to 1 -> (V)
std::vector<double> nucleus(const std::vector<double>& probabilities, double top_p);

/// One id, drawn. Takes one number from `rng` unless the temperature is 0.
int sample(std::span<const real> scores, const SamplingOptions& options, Rng& rng);

/// What comes next, and what it leads to: takes the token that was chosen last, returns the scores
/// of what follows. -> (V)
using NextScores = std::function<Tensor(int token)>;

/// Reads `start`, then draws tokens, each read before the next is drawn (auto-regression), until
/// `end` is drawn or there are `most`. Without start and end. A std::invalid_argument if there is
/// nothing to start from. end: -1 for none
std::vector<int> generate(const NextScores& next, std::span<const int> start, int end,
                          std::size_t most, const SamplingOptions& options, Rng& rng);

} // namespace tapestry::inline TAPESTRY_PRECISION
