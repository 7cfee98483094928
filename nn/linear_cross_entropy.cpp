#include "nn/linear_cross_entropy.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include <fmt/format.h>

#include "autograd/base/panels.hpp"
#include "autograd/base/parallel.hpp"
#include "autograd/base/simd.hpp"
#include "autograd/operators/broadcast.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

struct Sizes {
  std::size_t rows, words, inputs; // N, V, K
  std::size_t counted;             // targets that are not ignored
};

Sizes check(const Operand& x, const Operand& weight, const Operand& bias, const Indices& targets,
            int ignored) {
  constexpr auto op = "linear_cross_entropy";
  if (x.rank() < 1 || weight.rank() != 2 || bias.rank() != 1 || weight.shape()[0] == 0 ||
      weight.shape()[1] != x.shape().back() || bias.shape()[0] != weight.shape()[0])
    shape_error(op, {x, weight, bias}, "expected (..., K) x (V, K) x (V)");
  const Shape wanted(x.shape().begin(), x.shape().end() - 1);
  const Shape given(targets.shape().begin(), targets.shape().end());
  if (given != wanted)
    shape_error(op, {x, weight, bias},
                fmt::format("targets are {}, expected {}", to_string(given), to_string(wanted)));
  Sizes s{targets.size(), weight.shape()[0], weight.shape()[1], 0};
  for (std::int32_t t : targets) {
    if (t == ignored) continue;
    if (t < 0 || static_cast<std::size_t>(t) >= s.words)
      shape_error(op, {x, weight, bias}, fmt::format("target {} is not a class", t));
    ++s.counted;
  }
  return s;
}

// A row's products become its scores, their loss is returned, and the row becomes the loss's
// gradient: softmax(scores) - target.
real loss_row(std::size_t n, real* row, const real* bias, std::size_t target, real smoothing) {
  real largest = row[0] + bias[0];
  for (std::size_t j = 0; j < n; ++j) {
    row[j] += bias[j];
    largest = std::max(largest, row[j]);
  }
  const real even = smoothing / static_cast<real>(n), sharp = 1 - smoothing;
  real wanted = sharp * (row[target] - largest);
  if (even != 0) wanted += even * (sum_run(row, n) - static_cast<real>(n) * largest);
  for_lanes(n, [&](auto at) { at.store(row, xsimd::exp(at.load(row) - largest)); });
  const real total = sum_run(row, n), factor = 1 / total;
  for (std::size_t j = 0; j < n; ++j) row[j] = row[j] * factor - even;
  row[target] -= sharp;
  return std::log(total) - wanted;
}

// What the pull-back scales; () where nobody wants it.
struct Gradients {
  Tensor x, weight, bias;
};

Gradients room_for_gradients(const Operand& x, const Operand& weight, const Operand& bias) {
  Gradients g;
  if (!Tape::current()) return g;
  if (x.needs_grad()) g.x = Tensor::from_shape(x.shape()); // each row is written once
  if (weight.needs_grad()) g.weight = zeros(weight.shape());
  if (bias.needs_grad()) g.bias = zeros(bias.shape());
  return g;
}

// The pass over the rows, a chunk of them at a time: N rows of K inputs, V words.
struct Pass {
  const Tensor &x, &weight, &bias; // (..., K), (V, K), (V)
  const Indices& targets;
  CrossEntropyOptions options;
  Sizes size;
  Gradients g;

  // So many rows that their scores stay in the third cache.
  std::size_t chunk =
      std::min(size.rows, 32 * std::max<std::size_t>(1, 2'500'000 / size.words / 32));
  std::size_t parts = parts_of(chunk * size.words * size.inputs, enough_products);
  Panels to_scores{size.inputs, size.words, {weight.data(), size.inputs, true}};
  Panels from_scores{g.x.dimension() ? size.words : 0, size.inputs, {weight.data(), size.inputs}};
  Tensor scores = Tensor::from_shape({chunk, size.words}); // of one chunk; then their gradient
  Tensor losses = zeros({size.rows});
  Tensor scratch = Tensor::from_shape({parts, Panels::scratch_size});

  // Rows top .. top + count - 1.
  void take(std::size_t top, std::size_t count) {
    const std::size_t tile = Panels::tile_rows; // full ones for each part
    const auto some_rows = [&](std::size_t begin, std::size_t end, std::size_t) {
      const std::size_t first = begin * tile, last = std::min(count, end * tile);
      score(top, first, last);
      if (g.x.dimension()) send_back(top, first, last);
    };
    const std::size_t tiles = (count + tile - 1) / tile;
    parallel_ranges(tiles, std::min(tiles, parts), std::ref(some_rows));
    if (g.weight.dimension()) add_to_weight(top, count);
    if (g.bias.dimension()) add_to_bias(count);
  }

  // Row top + r of all has its scores in row r, which become their gradient: S = X W^T, dS.
  void score(std::size_t top, std::size_t begin, std::size_t end) {
    const std::size_t v = size.words, k = size.inputs;
    to_scores.product(end - begin, {x.data() + (top + begin) * k, k}, scores.data() + begin * v, v,
                      false);
    for (std::size_t r = begin; r < end; ++r) {
      const std::int32_t target = targets.data()[top + r];
      real* row = scores.data() + r * v;
      if (target == options.ignore_index)
        std::fill_n(row, v, real{0});
      else
        losses.data()[top + r] = loss_row(v, row, bias.data(), static_cast<std::size_t>(target),
                                          static_cast<real>(options.label_smoothing));
    }
  }

  // dX = dS W
  void send_back(std::size_t top, std::size_t begin, std::size_t end) {
    const std::size_t v = size.words, k = size.inputs;
    from_scores.product(end - begin, {scores.data() + begin * v, v}, g.x.data() + (top + begin) * k,
                        k, false);
  }

  // dW += dS^T X
  void add_to_weight(std::size_t top, std::size_t count) {
    const std::size_t v = size.words, k = size.inputs;
    const Panels rows(count, k, {x.data() + top * k, k});
    const auto some_words = [&](std::size_t begin, std::size_t end, std::size_t part) {
      rows.product(end - begin, {scores.data() + begin, v, true}, g.weight.data() + begin * k, k,
                   true, 0, rows.count(), scratch.data() + part * Panels::scratch_size);
    };
    parallel_ranges(v, std::min(v, parts), std::ref(some_words));
  }

  // db += the sum of dS's rows
  void add_to_bias(std::size_t count) {
    parallel_rows(size.words, count, [&](std::size_t begin, std::size_t end) {
      for (std::size_t r = 0; r < count; ++r)
        for (std::size_t j = begin; j < end; ++j)
          g.bias.data()[j] += scores.data()[r * size.words + j];
    });
  }
};

void add_scaled(const Var& to, const Tensor& g, real scale) {
  if (!to.needs_grad() || g.shape() != to.shape()) return; // or it was frozen on the way forward
  real* sum = to.grad().data();
  parallel_entries(g.size(), [=, from = g.data()](std::size_t i) { sum[i] += scale * from[i]; });
}

} // namespace

Var linear_cross_entropy(const Operand& x, const Operand& weight, const Operand& bias,
                         const Indices& targets, CrossEntropyOptions options) {
  check_smoothing("linear_cross_entropy", x, options);
  const Sizes s = check(x, weight, bias, targets, options.ignore_index);
  Pass pass{x.value(),
            weight.value(),
            bias.value(),
            targets,
            options,
            s,
            room_for_gradients(x, weight, bias)};
  for (std::size_t top = 0; top < s.rows; top += pass.chunk)
    pass.take(top, std::min(pass.chunk, s.rows - top));

  const double total = std::accumulate(pass.losses.begin(), pass.losses.end(), 0.0);
  const real mean = 1 / static_cast<real>(std::max<std::size_t>(s.counted, 1));
  Var y{Tensor(static_cast<real>(total) * mean)};
  return record("linear_cross_entropy", y, {x, weight, bias},
                [x, weight, bias, y, mean, g = std::move(pass.g)] {
                  const real scale = y.grad().data()[0] * mean;
                  add_scaled(x, g.x, scale);
                  add_scaled(weight, g.weight, scale);
                  add_scaled(bias, g.bias, scale);
                });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
