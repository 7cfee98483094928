#include "text/corpora/stream_batches.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace tapestry::inline TAPESTRY_PRECISION {

StreamBatches::StreamBatches(std::vector<int> ids, std::size_t batch, std::size_t steps)
    : ids_(std::move(ids)), batch_(batch), steps_(steps) {
  if (batch == 0 || steps == 0)
    throw std::invalid_argument(
        fmt::format("StreamBatches: batch {}, steps {}; each must be at least 1", batch, steps));
  if (ids_.size() < batch + 1)
    throw std::invalid_argument(
        fmt::format("StreamBatches: {} ids for {} streams; expected at least {}", ids_.size(),
                    batch, batch + 1));
  length_ = (ids_.size() - 1) / batch;
}

StreamWindow StreamBatches::window(std::size_t index) const {
  if (index >= size())
    throw std::out_of_range(fmt::format("StreamBatches: window {} of {}", index, size()));
  //> stream-window
  const std::size_t begin = index * steps_, count = std::min(steps_, length_ - begin);
  StreamWindow w{Indices::from_shape({count, batch_}), Indices::from_shape({count, batch_})};
  for (std::size_t t = 0; t < count; ++t)
    for (std::size_t b = 0; b < batch_; ++b) {
      const std::size_t at = b * length_ + begin + t;
      w.ids(t, b) = ids_[at];
      w.targets(t, b) = ids_[at + 1];
    }
  return w;
  //< stream-window
}

} // namespace tapestry::inline TAPESTRY_PRECISION
