// What a vector tells: a linear classifier on vectors that stay as they are, and the nearest
// neighbour.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/choice.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "nn/linear.hpp"
#include "nn/training/optimizer.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Rows of vectors, (N, D), and for each a class.
struct Labelled {
  Tensor x;
  std::vector<int> labels;
};

/// Rows begin .. end-1.
inline Labelled part_of(const Labelled& all, std::size_t begin, std::size_t end) {
  const std::size_t d = all.x.shape(1);
  Labelled part{Tensor::from_shape({end - begin, d}), {}};
  std::copy_n(all.x.data() + begin * d, part.x.size(), part.x.data());
  part.labels.assign(all.labels.begin() + static_cast<std::ptrdiff_t>(begin),
                     all.labels.begin() + static_cast<std::ptrdiff_t>(end));
  return part;
}

/// Every column to mean 0 and variance 1 over the first `n` rows, by the same numbers in all rows.
inline void standardise(Tensor& x, std::size_t n) {
  const std::size_t d = x.shape(1);
  for (std::size_t j = 0; j < d; ++j) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < n; ++i) sum += double{x(i, j)};
    const double mean = sum / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i) squares += std::pow(double{x(i, j)} - mean, 2);
    const double deviation = std::sqrt(squares / static_cast<double>(n)) + 1e-6;
    for (std::size_t i = 0; i < x.shape(0); ++i)
      x(i, j) = static_cast<real>((double{x(i, j)} - mean) / deviation);
  }
}

/// The share of rows whose class the probe names.
inline double accuracy(const nn::Linear& probe, const Labelled& data) {
  const Indices best = argmax(probe(constant(data.x)), 1);
  std::size_t right = 0;
  for (std::size_t i = 0; i < data.labels.size(); ++i) right += best(i) == data.labels[i];
  return static_cast<double>(right) / static_cast<double>(data.labels.size());
}

//> probe
/// A linear layer, trained on whole batches; of some strengths of decay, the one that is best on
/// `choose`. Returns its accuracy on `test`.
inline double linear_probe(const Labelled& train, const Labelled& choose, const Labelled& test,
                           std::size_t classes) {
  Indices labels = Indices::from_shape({train.labels.size()});
  std::copy(train.labels.begin(), train.labels.end(), labels.begin());
  double best = -1, result = 0;
  for (const double decay : {1e-2, 1.0, 10.0, 30.0}) {
    Rng rng(1);
    nn::Linear probe({.in_features = train.x.shape(1), .out_features = classes}, rng);
    nn::AdamW adam(probe.parameters(), {.lr = 0.01, .weight_decay = decay});
    for (int step = 0; step < 100; ++step) {
      adam.zero_grad();
      Tape tape;
      tape.backward(cross_entropy(probe(constant(train.x)), labels));
      adam.step();
    }
    if (const double now = accuracy(probe, choose); now > best)
      best = now, result = accuracy(probe, test);
  }
  return result;
}
//< probe

/// For each row of `queries`, the row of `among` with the largest cosine, but not the one of the
/// same number if `leave_out`. (N, D), (M, D) -> N numbers
inline std::vector<std::size_t> nearest_rows(const Tensor& queries, const Tensor& among,
                                             bool leave_out) {
  const std::size_t d = among.shape(1);
  const auto length = [&](const real* v) {
    double sum = 0;
    for (std::size_t j = 0; j < d; ++j) sum += double{v[j]} * double{v[j]};
    return std::sqrt(sum) + 1e-12;
  };
  std::vector<double> lengths;
  for (std::size_t i = 0; i < among.shape(0); ++i) lengths.push_back(length(among.data() + i * d));
  std::vector<std::size_t> nearest;
  for (std::size_t q = 0; q < queries.shape(0); ++q) {
    const real* a = queries.data() + q * d;
    double best = -std::numeric_limits<double>::infinity();
    std::size_t at = 0;
    for (std::size_t i = 0; i < among.shape(0); ++i) {
      if (leave_out && i == q) continue;
      const real* b = among.data() + i * d;
      real product = 0;
      for (std::size_t j = 0; j < d; ++j) product += a[j] * b[j];
      if (double{product} / lengths[i] > best) best = double{product} / lengths[i], at = i;
    }
    nearest.push_back(at);
  }
  return nearest;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
