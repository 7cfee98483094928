// Which pairs to train on and which to test with, the same on every machine and in every run.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/corpora/parallel_text.hpp"
#include "text/corpora/part.hpp"

namespace tapestry {

struct SplitOptions {
  std::size_t dev = 50, test = 50; ///< one sentence in so many; 0: none
};

/// By a hash of the sentence (XXH3) in Unicode's composed form and lower case: it depends neither
/// on the other sentences nor on their order. What would be both dev and test is test. A
/// std::invalid_argument if a share is 1, which leaves nothing to train on.
Part part_of(std::string_view sentence, const SplitOptions& options = {});

struct TranslationParts {
  std::vector<SentencePair> train, dev, test;
};

/// By the target: a corpus often has several translations of one sentence, and a model that has
/// learnt one of them by heart would pass a test with another. No target of one part is in another.
TranslationParts split_by_target(std::vector<SentencePair> pairs, const SplitOptions& options = {});

} // namespace tapestry
