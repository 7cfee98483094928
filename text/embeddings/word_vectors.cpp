#include "text/embeddings/word_vectors.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"
#include "autograd/base/simd.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

namespace {

real dot(const real* a, const real* b, std::size_t n) {
  Lanes sums(0);
  for_lanes(n, [&](const auto& at) { sums += at.load(a) * at.load(b); });
  alignas(64) real each[Lanes::size];
  sums.store_aligned(each);
  return std::accumulate(each, each + Lanes::size, real{0});
}

} // namespace

WordVectors::WordVectors(std::vector<std::string> words, Tensor vectors)
    : words_(std::move(words)), vectors_(std::move(vectors)) {
  if (vectors_.dimension() != 2 || vectors_.shape()[0] != words_.size())
    throw std::invalid_argument(fmt::format("WordVectors: {} words and vectors of shape {}",
                                            words_.size(), to_string(vectors_.shape())));
  places_.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) {
    if (words_[i].empty()) throw std::invalid_argument("WordVectors: a word is empty");
    if (!places_.emplace(words_[i], i).second)
      throw std::invalid_argument(fmt::format("WordVectors: \"{}\" comes twice", words_[i]));
  }
  units_ = vectors_;
  for (std::size_t i = 0; i < size(); ++i) {
    real* const row = units_.data() + i * dim();
    double squares = 0;
    for (std::size_t j = 0; j < dim(); ++j) squares += double{row[j]} * double{row[j]};
    const real scale = squares > 0 ? static_cast<real>(1 / std::sqrt(squares)) : 0;
    for (std::size_t j = 0; j < dim(); ++j) row[j] *= scale;
  }
}

std::optional<std::size_t> WordVectors::find(const std::string& word) const {
  const auto found = places_.find(word);
  if (found == places_.end()) return std::nullopt;
  return found->second;
}

std::size_t WordVectors::at(const std::string& word) const {
  const auto found = find(word);
  if (!found) throw std::out_of_range(fmt::format("there is no vector of \"{}\"", word));
  return *found;
}

real WordVectors::similarity(std::size_t a, std::size_t b) const {
  const real* const x = units_.data();
  return dot(x + a * dim(), x + b * dim(), dim());
}

std::vector<Neighbour> WordVectors::nearest(std::span<const real> vector, std::size_t n,
                                            std::span<const std::size_t> not_these,
                                            std::size_t among) const {
  if (vector.size() != dim())
    throw std::invalid_argument(
        fmt::format("nearest: a vector of {} numbers, expected {}", vector.size(), dim()));
  const std::size_t count = among == 0 ? size() : std::min(among, size());
  const real length = std::sqrt(dot(vector.data(), vector.data(), dim()));
  std::vector<Neighbour> all(count);
  parallel_rows(count, dim(), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const real* const row = units_.data() + i * dim();
      const real product = dot(vector.data(), row, dim());
      all[i] = {i, length > 0 ? product / length : 0};
    }
  });
  std::erase_if(all, [&](const Neighbour& x) {
    return std::find(not_these.begin(), not_these.end(), x.word) != not_these.end();
  });
  n = std::min(n, all.size());
  std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(n), all.end(),
                    [](const Neighbour& a, const Neighbour& b) {
                      return a.cosine != b.cosine ? a.cosine > b.cosine : a.word < b.word;
                    });
  all.resize(n);
  return all;
}

std::vector<Neighbour> WordVectors::nearest(std::size_t word, std::size_t n) const {
  const std::size_t itself[] = {word};
  return nearest({units_.data() + word * dim(), dim()}, n, itself);
}

//> analogy
std::vector<Neighbour> WordVectors::analogy(std::size_t a, std::size_t b, std::size_t c,
                                            std::size_t n, std::size_t among) const {
  const real* const unit = units_.data();
  std::vector<real> wanted(dim());
  for (std::size_t j = 0; j < dim(); ++j)
    wanted[j] = unit[b * dim() + j] - unit[a * dim() + j] + unit[c * dim() + j];
  const std::size_t asked[] = {a, b, c};
  return nearest(wanted, n, asked, among);
}
//< analogy

Tensor principal_components(const Tensor& x, std::size_t k) {
  if (x.dimension() != 2 || x.shape()[0] == 0 || k < 1 || k > x.shape()[1])
    throw std::invalid_argument(
        fmt::format("principal_components: {} of vectors {}", k, to_string(x.shape())));
  const std::size_t n = x.shape()[0], d = x.shape()[1];
  std::vector<double> centred(x.begin(), x.end()), mean(d), covariance(d * d);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < d; ++j) mean[j] += centred[i * d + j] / double(n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < d; ++j) centred[i * d + j] -= mean[j];
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < d; ++j)
      for (std::size_t l = 0; l < d; ++l)
        covariance[j * d + l] += centred[i * d + j] * centred[i * d + l];
  // Jacobi's method: each turn of two axes makes one entry beside the diagonal zero; what is left
  // on the diagonal are the variances, and the turns together the directions.
  std::vector<double> turns(d * d);
  for (std::size_t j = 0; j < d; ++j) turns[j * d + j] = 1;
  for (int sweep = 0; sweep < 30; ++sweep) {
    double beside = 0, all = 0;
    for (std::size_t p = 0; p < d; ++p)
      for (std::size_t q = 0; q < d; ++q)
        (p == q ? all : beside) += covariance[p * d + q] * covariance[p * d + q];
    if (beside <= 1e-24 * all) break;
    for (std::size_t p = 0; p < d; ++p)
      for (std::size_t q = p + 1; q < d; ++q) {
        const double apq = covariance[p * d + q];
        if (apq == 0) continue;
        const double theta = (covariance[q * d + q] - covariance[p * d + p]) / (2 * apq);
        const double t = (theta >= 0 ? 1 : -1) / (std::abs(theta) + std::sqrt(theta * theta + 1));
        const double c = 1 / std::sqrt(t * t + 1), s = t * c;
        const auto turn = [c, s](double& a, double& b) {
          const double old = a;
          a = c * old - s * b, b = s * old + c * b;
        };
        for (std::size_t j = 0; j < d; ++j) turn(covariance[p * d + j], covariance[q * d + j]);
        for (std::size_t j = 0; j < d; ++j) turn(covariance[j * d + p], covariance[j * d + q]);
        for (std::size_t j = 0; j < d; ++j) turn(turns[p * d + j], turns[q * d + j]);
      }
  }
  std::vector<std::size_t> order(d);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return covariance[a * d + a] > covariance[b * d + b];
  });
  Tensor result = Tensor::from_shape({n, k});
  for (std::size_t c = 0; c < k; ++c) {
    const double* const direction = turns.data() + order[c] * d;
    const double largest = *std::max_element(
        direction, direction + d, [](double a, double b) { return std::abs(a) < std::abs(b); });
    for (std::size_t i = 0; i < n; ++i)
      result.data()[i * k + c] = static_cast<real>(
          (largest < 0 ? -1 : 1) *
          std::inner_product(direction, direction + d, centred.data() + i * d, 0.0));
  }
  return result;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
