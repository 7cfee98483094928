#include "text/corpora/translation_split.hpp"

#include <cstdint>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/digest.hpp"
#include "text/tokens/normalization.hpp"

namespace tapestry {

Part part_of(std::string_view sentence, const SplitOptions& options) {
  if (options.dev == 1 || options.test == 1)
    throw std::invalid_argument(
        fmt::format("part_of: one sentence in {} for dev and in {} for test; expected 0 or at "
                    "least 2",
                    options.dev, options.test));
  const std::string digest =
      digest_of(normalized(sentence, {Normalization::nfc, Normalization::lower_case}).text());
  const auto number = [&](std::size_t begin) { // 60 bits of it: 15 digits
    return static_cast<std::uint64_t>(std::stoull(digest.substr(begin, 15), nullptr, 16));
  };
  if (options.test > 0 && number(0) % options.test == 0) return Part::test;
  if (options.dev > 0 && number(16) % options.dev == 0) return Part::dev;
  return Part::train;
}

TranslationParts split_by_target(std::vector<SentencePair> pairs, const SplitOptions& options) {
  TranslationParts parts;
  for (SentencePair& pair : pairs) {
    const Part part = part_of(pair.target, options);
    (part == Part::train ? parts.train
     : part == Part::dev ? parts.dev
                              : parts.test)
        .push_back(std::move(pair));
  }
  return parts;
}

} // namespace tapestry
