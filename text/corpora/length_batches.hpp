// Batches of sequences that are about equally long, so that little is padding.
#pragma once

#include <cstddef>
#include <vector>

#include "autograd/random.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct LengthBatchOptions {
  std::size_t batch_size = 32;   ///< sequences in a batch, at most
  std::size_t most_steps = 0;    ///< sequences times the longest, at most; 0: no bound
  std::size_t pool_batches = 50; ///< as many batches are sorted by length together; 0: all
};

/// Shuffles the sequences, sorts each pool of them by length, cuts it into batches, and shuffles
/// these: batches of one length that are new in every pass (Khomenko et al. 2016). Each number
/// 0 .. n-1 is in one batch exactly; a sequence that is longer than most_steps is alone. The same
/// generator gives the same batches. A std::invalid_argument if batch_size is 0.
std::vector<std::vector<std::size_t>> length_batches(const std::vector<std::size_t>& lengths,
                                                     const LengthBatchOptions& options, Rng& rng);

/// The share of a padded batch's steps that hold nothing, over all batches.
double padding_share(const std::vector<std::size_t>& lengths,
                     const std::vector<std::vector<std::size_t>>& batches);

} // namespace tapestry::inline TAPESTRY_PRECISION
