// The pictures' vectors, computed once by a CNN that has learnt, and the order of training.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <numeric>
#include <vector>

#include "autograd/random.hpp"
#include "autograd/var.hpp"
#include "vision/captioning/caption_data.hpp"

namespace tapestry {

// The order of the examples in one epoch: a function of seed and epoch, so it is never saved.
inline std::vector<std::size_t> epoch_order(std::size_t n, std::uint64_t seed, std::size_t epoch) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  Rng(seed * 1'000'003 + epoch).shuffle(order);
  return order;
}

inline std::vector<std::size_t> numbers(std::size_t begin, std::size_t end) {
  std::vector<std::size_t> all(end - begin);
  std::iota(all.begin(), all.end(), begin);
  return all;
}

inline Tensor rows_of(const Tensor& vectors, const std::vector<std::size_t>& rows) {
  const std::size_t width = vectors.shape()[1];
  Tensor some = Tensor::from_shape({rows.size(), width});
  for (std::size_t i = 0; i < rows.size(); ++i)
    std::copy_n(vectors.data() + rows[i] * width, width, some.data() + i * width);
  return some;
}

// The vector of each of the first `count` pictures, as `look` sees it. -> (count, E)
inline Tensor look_at_all(const CaptionData& data, std::size_t count, std::size_t embedding,
                          const std::function<Var(const Var&)>& look) {
  Tensor vectors = Tensor::from_shape({count, embedding});
  for (std::size_t begin = 0; begin < count; begin += 64) {
    const std::size_t end = std::min(begin + 64, count);
    const Var seen = look(constant(data.pictures(numbers(begin, end))));
    std::copy_n(seen.value().data(), seen.value().size(), vectors.data() + begin * embedding);
  }
  return vectors;
}

} // namespace tapestry
