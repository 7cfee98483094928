#include "text/embeddings/word_sampling.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

namespace tapestry {

//> keep-chances
std::vector<double> keep_chances(const std::vector<std::uint64_t>& counts, double sample) {
  if (!(sample >= 0))
    throw std::invalid_argument(
        fmt::format("keep_chances: sample is {}, expected at least 0", sample));
  const double total =
      static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
  std::vector<double> chances(counts.size(), 1);
  for (std::size_t word = 0; word < counts.size(); ++word) {
    const double ratio = sample * total / static_cast<double>(counts[word]);
    if (sample > 0) chances[word] = std::min(1.0, std::sqrt(ratio) + ratio);
  }
  return chances;
}
//< keep-chances

WordSampler::WordSampler(const std::vector<std::uint64_t>& counts, double power) {
  if (!(power >= 0 && std::isfinite(power)))
    throw std::invalid_argument(
        fmt::format("WordSampler: power is {}, expected at least 0", power));
  std::vector<double> share(counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i)
    share[i] = counts[i] > 0 ? std::pow(static_cast<double>(counts[i]), power) : 0;
  const double sum = std::accumulate(share.begin(), share.end(), 0.0);
  if (!(sum > 0)) throw std::invalid_argument("WordSampler: there is no word to draw");
  const double n = static_cast<double>(share.size());
  for (double& s : share) s *= n / sum; // 1 is the mean: a slot's worth
  // Each slot takes what its own word has, up to 1, and fills up from a word that has more.
  std::vector<std::size_t> less, more;
  for (std::size_t i = 0; i < share.size(); ++i) (share[i] < 1 ? less : more).push_back(i);
  constexpr std::uint64_t whole = std::uint64_t{1} << 32;
  slots_.resize(share.size());
  for (std::size_t i = 0; i < share.size(); ++i)
    slots_[i] = {whole, static_cast<std::int32_t>(i)}; // those left over are 1 but for rounding
  while (!less.empty() && !more.empty()) {
    const std::size_t small = less.back(), large = more.back();
    less.pop_back();
    slots_[small] = {static_cast<std::uint64_t>(share[small] * static_cast<double>(whole)),
                     static_cast<std::int32_t>(large)};
    share[large] -= 1 - share[small];
    if (share[large] >= 1) continue;
    more.pop_back();
    less.push_back(large);
  }
}

std::vector<double> WordSampler::chances() const {
  std::vector<double> result(slots_.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const double own = static_cast<double>(slots_[i].limit) * 0x1p-32;
    result[i] += own / static_cast<double>(slots_.size());
    result[static_cast<std::size_t>(slots_[i].other)] +=
        (1 - own) / static_cast<double>(slots_.size());
  }
  return result;
}

} // namespace tapestry
