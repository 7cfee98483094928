// A task that only asks for memory: say a sequence of symbols from its end.
#pragma once

#include "translating.hpp"

namespace tapestry {

constexpr int reversal_symbols = 20, first_symbol = 4; // behind the special words

/// One sequence and its reverse, as a translator takes them.
inline void add_reversal(EncodedPairs& pairs, std::size_t length, Rng& rng) {
  std::vector<int> said;
  for (std::size_t i = 0; i < length; ++i)
    said.push_back(first_symbol + static_cast<int>(rng.below(reversal_symbols)));
  std::vector<int> reversed(said.rbegin(), said.rend());
  said.push_back(Vocabulary::end_id);
  reversed.insert(reversed.begin(), Vocabulary::start_id);
  reversed.push_back(Vocabulary::end_id);
  pairs.number.push_back(pairs.source.size());
  pairs.source.push_back(std::move(said));
  pairs.target.push_back(std::move(reversed));
}

/// n sequences, each length from 1 to `longest` equally likely.
inline EncodedPairs reversals(std::size_t n, std::size_t longest, std::uint64_t seed) {
  Rng rng(seed);
  EncodedPairs pairs;
  for (std::size_t i = 0; i < n; ++i) add_reversal(pairs, 1 + rng.below(longest), rng);
  return pairs;
}

//> right-symbols
/// The percentage of symbols that a greedy search says rightly, each at its place, in n sequences
/// of this length.
inline double right_symbols(Translator& model, std::size_t length, std::size_t n,
                            std::uint64_t seed) {
  Rng rng(seed + length);
  EncodedPairs pairs;
  for (std::size_t i = 0; i < n; ++i) add_reversal(pairs, length, rng);
  const auto said = translate_all(model, pairs.source, {.beam_size = 1});
  double right = 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < length; ++k)
      right += k < said[i].tokens.size() && said[i].tokens[k] == pairs.target[i][k + 1];
  return 100 * right / static_cast<double>(n * length);
}
//< right-symbols

} // namespace tapestry
