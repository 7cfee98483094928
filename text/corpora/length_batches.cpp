#include "text/corpora/length_batches.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace tapestry::inline TAPESTRY_PRECISION {

//> length-batches
std::vector<std::vector<std::size_t>> length_batches(const std::vector<std::size_t>& lengths,
                                                     const LengthBatchOptions& o, Rng& rng) {
  if (o.batch_size == 0)
    throw std::invalid_argument("length_batches: batch_size 0; it must be at least 1");
  std::vector<std::size_t> order(lengths.size());
  std::iota(order.begin(), order.end(), 0);
  rng.shuffle(order);
  const std::size_t all = std::max<std::size_t>(1, order.size());
  const std::size_t pool = o.pool_batches == 0 || o.pool_batches > all / o.batch_size
                               ? all
                               : o.pool_batches * o.batch_size;
  std::vector<std::vector<std::size_t>> batches;
  for (std::size_t begin = 0; begin < order.size(); begin += pool) {
    const auto first = order.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last =
        order.begin() + static_cast<std::ptrdiff_t>(std::min(begin + pool, order.size()));
    std::stable_sort(first, last,
                     [&](std::size_t a, std::size_t b) { return lengths[a] < lengths[b]; });
    std::vector<std::size_t> batch;
    for (auto i = first; i != last; ++i) { // the newest is the longest
      const bool full = batch.size() == o.batch_size ||
                        (o.most_steps > 0 && (batch.size() + 1) * lengths[*i] > o.most_steps);
      if (full && !batch.empty()) batches.push_back(std::exchange(batch, {}));
      batch.push_back(*i);
    }
    batches.push_back(std::move(batch));
  }
  rng.shuffle(batches);
  return batches;
}
//< length-batches

double padding_share(const std::vector<std::size_t>& lengths,
                     const std::vector<std::vector<std::size_t>>& batches) {
  std::size_t steps = 0, held = 0;
  for (const auto& batch : batches) {
    std::size_t longest = 0;
    for (const std::size_t i : batch) longest = std::max(longest, lengths[i]), held += lengths[i];
    steps += longest * batch.size();
  }
  return steps == 0 ? 0 : 1 - static_cast<double>(held) / static_cast<double>(steps);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
