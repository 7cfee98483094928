// How well a language model predicts a text: as it stands, and when it goes on learning.
#pragma once

#include "text/metrics/language_score.hpp"
#include "text/models/language_model.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct DynamicOptions {
  double rate = 0;        ///< of the descent while reading; 0: the weights stay (static)
  std::size_t steps = 32; ///< tokens between two updates
  double clip = 5;        ///< the largest norm of an update's gradient
  double decay = 0;       ///< the share by which each update pulls back to the trained weights
};

/// Reads the text once from its beginning to its end, one token after the other, state and all, and
/// scores every token but the first. With a rate, each window is first scored and then learnt from
/// (Graves 2013, section 3.2, "dynamic evaluation"; Mikolov et al. 2010): a token never counts
/// after the model has seen it. The weights are put back at the end, also when an error passes.
/// A std::invalid_argument for fewer than two ids or options out of range.
LanguageScore evaluate_stream(LanguageModel& model, const std::vector<int>& ids,
                              const DynamicOptions& options = {});

} // namespace tapestry::inline TAPESTRY_PRECISION
