// Random numbers that are the same from every compiler and standard library.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// xoshiro256** (Blackman and Vigna, 2018), seeded through splitmix64. The distributions are ours
/// as well: those of <random> differ between standard libraries.
class Rng {
public:
  using State = std::array<std::uint64_t, 4>;

  explicit Rng(std::uint64_t seed);

  std::uint64_t bits();                    ///< 64 random bits
  double uniform();                        ///< in [0, 1), 53 random bits
  double uniform(double low, double high); ///< in [low, high)
  double normal();                         ///< mean 0, standard deviation 1
  std::size_t below(std::size_t n);        ///< in {0, ..., n-1}, each equally likely; n > 0
  bool chance(double p) { return uniform() < p; }

  /// A new generator whose stream is independent of what this one goes on to give.
  Rng split();

  template <class T> void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }
  template <class T> const T& pick(const std::vector<T>& items) {
    return items[below(items.size())];
  }

  /// The whole state: saved with a checkpoint, it continues the same stream.
  const State& state() const { return state_; }
  /// A std::invalid_argument if all four words are 0: only zeros would come from them.
  void set_state(const State& state);

private:
  State state_;
};

/// A tensor of independent draws from [low, high).
Tensor uniform(const Shape& shape, double low, double high, Rng& rng);
/// A tensor of independent draws from the normal distribution.
Tensor normal(const Shape& shape, double mean, double deviation, Rng& rng);

} // namespace tapestry::inline TAPESTRY_PRECISION
