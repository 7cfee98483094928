// Pictures that a small network learns in a second: a short bright bar in noise, in one of four
// directions.
#pragma once

#include <utility>

#include "autograd/random.hpp"
#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

constexpr std::size_t bars_side = 12, bars_classes = 4;

struct Bars {
  Tensor pictures; // (N, 1, 12, 12)
  Indices labels;  // (N), the direction: across, down, and the two diagonals
};

/// Directions in turn, so that each comes equally often: 0, 1, 2, 3, 0, ...
inline Bars draw_bars(std::size_t n, Rng& rng) {
  constexpr int step[bars_classes][2] = {{0, 1}, {1, 0}, {1, 1}, {1, -1}};
  Bars bars{normal({n, 1, bars_side, bars_side}, 0, 0.4, rng), Indices::from_shape({n})};
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t k = i % bars_classes;
    const auto y = static_cast<int>(3 + rng.below(6)), x = static_cast<int>(3 + rng.below(6));
    for (int t = -2; t <= 2; ++t)
      bars.pictures(i, std::size_t{0}, static_cast<std::size_t>(y + t * step[k][0]),
                    static_cast<std::size_t>(x + t * step[k][1])) += 1;
    bars.labels(i) = static_cast<std::int32_t>(k);
  }
  return bars;
}

/// Rows begin .. end-1.
inline Bars some_of(const Bars& all, std::size_t begin, std::size_t end) {
  const std::size_t size = bars_side * bars_side;
  Bars some{Tensor::from_shape({end - begin, 1, bars_side, bars_side}),
            Indices::from_shape({end - begin})};
  std::copy_n(all.pictures.data() + begin * size, some.pictures.size(), some.pictures.data());
  std::copy_n(all.labels.data() + begin, end - begin, some.labels.data());
  return some;
}

/// The same pictures, those of one direction one after another.
inline Bars sorted_bars(const Bars& all) {
  const std::size_t n = all.labels.size(), size = bars_side * bars_side;
  Bars sorted{Tensor::from_shape(all.pictures.shape()), Indices::from_shape({n})};
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t per_class = n / bars_classes;
    const std::size_t from = i % per_class * bars_classes + i / per_class;
    std::copy_n(all.pictures.data() + from * size, size, sorted.pictures.data() + i * size);
    sorted.labels(i) = all.labels(from);
  }
  return sorted;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
