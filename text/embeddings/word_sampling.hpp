// Which words training passes over, and which it draws as wrong answers (Mikolov et al. 2013b).
#pragma once

#include <cstdint>
#include <vector>

namespace tapestry {

/// The chance that an occurrence of each word is kept: sqrt(t / f) + t / f, at most 1, where f is
/// the word's share of the text and t is `sample`, such as 1e-4. Frequent words are thinned out.
/// This is word2vec.c's formula; the paper prints 1 - sqrt(t / f) for the chance of the opposite.
/// sample = 0 keeps all. Throws std::invalid_argument for a negative one.
std::vector<double> keep_chances(const std::vector<std::uint64_t>& counts, double sample);

/// Draws words in proportion to count^power: 0.75 in the paper, between the text's own shares (1)
/// and all alike (0). Two look-ups a draw, whatever the number of words (Walker's alias method).
class WordSampler {
public:
  /// Throws std::invalid_argument if no count is above 0, or the power is negative.
  explicit WordSampler(const std::vector<std::uint64_t>& counts, double power = 0.75);

  /// The word for 64 random bits.
  std::int32_t operator()(std::uint64_t bits) const {
    const std::uint64_t place = ((bits >> 32) * slots_.size()) >> 32;
    const Slot& slot = slots_[place];
    return static_cast<std::uint32_t>(bits) < slot.limit ? static_cast<std::int32_t>(place)
                                                         : slot.other;
  }
  /// The chance of each word.
  std::vector<double> chances() const;

private:
  struct Slot { // of each word; with 32 random bits below `limit` it is that word, else `other`
    std::uint64_t limit;
    std::int32_t other;
  };
  std::vector<Slot> slots_;
};

} // namespace tapestry
