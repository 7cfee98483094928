#include "text/decoding/sampling.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

void check(std::span<const real> scores, const SamplingOptions& o) {
  if (!(o.temperature >= 0) || !std::isfinite(o.temperature))
    throw std::invalid_argument(
        fmt::format("sample: temperature {}; it must be a number from 0", o.temperature));
  if (!(o.top_p > 0 && o.top_p <= 1))
    throw std::invalid_argument(fmt::format("sample: top_p {}; it must be in (0, 1]", o.top_p));
  for (std::size_t i = 0; i < scores.size(); ++i)
    if (std::isnan(scores[i]) || scores[i] == std::numeric_limits<real>::infinity())
      throw std::invalid_argument(fmt::format("sample: score {} is {}", i, scores[i]));
  if (std::none_of(scores.begin(), scores.end(), [](real s) { return std::isfinite(s); }))
    throw std::invalid_argument(
        fmt::format("sample: none of {} scores is above -inf", scores.size()));
}

// Ids, the largest value first, equal ones in their own order.
template <class Values> std::vector<std::size_t> likeliest_first(const Values& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] > values[b]; });
  return order;
}

void normalise(std::vector<double>& p) {
  const double sum = std::accumulate(p.begin(), p.end(), 0.0);
  for (double& x : p) x /= sum;
}

} // namespace

//> sample-top-p
std::vector<double> nucleus(const std::vector<double>& probabilities, double top_p) {
  std::vector<double> kept(probabilities.size(), 0.0);
  double sum = 0;
  for (const std::size_t i : likeliest_first(probabilities)) {
    kept[i] = probabilities[i];
    sum += probabilities[i];
    if (sum >= top_p) break; // this one is still in
  }
  for (double& p : kept) p /= sum;
  return kept;
}
//< sample-top-p

std::vector<double> sampling_probabilities(std::span<const real> scores, const SamplingOptions& o) {
  check(scores, o);
  std::vector<double> p(scores.size(), 0.0);
  const auto best = std::max_element(scores.begin(), scores.end());
  if (o.temperature == 0) {
    p[static_cast<std::size_t>(best - scores.begin())] = 1;
    return p;
  }
  for (std::size_t i = 0; i < p.size(); ++i) // minus the largest: exp cannot overflow
    p[i] = std::exp((static_cast<double>(scores[i]) - static_cast<double>(*best)) / o.temperature);
  if (o.top_k > 0 && o.top_k < p.size()) {
    const std::vector<std::size_t> order = likeliest_first(p);
    for (std::size_t rank = o.top_k; rank < order.size(); ++rank) p[order[rank]] = 0;
  }
  normalise(p);
  return o.top_p < 1 ? nucleus(p, o.top_p) : p;
}

int sample(std::span<const real> scores, const SamplingOptions& options, Rng& rng) {
  const std::vector<double> p = sampling_probabilities(scores, options);
  const double u = options.temperature == 0 ? 0 : rng.uniform();
  double sum = 0;
  std::size_t last = 0; // of those that can be drawn: for a u that rounding leaves over
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] == 0) continue;
    last = i;
    sum += p[i];
    if (u < sum) break;
  }
  return static_cast<int>(last);
}

std::vector<int> generate(const NextScores& next, std::span<const int> start, int end,
                          std::size_t most, const SamplingOptions& options, Rng& rng) {
  if (start.empty())
    throw std::invalid_argument("generate: there is no token to start from; expected one at least");
  //> generate
  Tensor scores;
  for (const int token : start) scores = next(token);
  std::vector<int> drawn;
  while (drawn.size() < most) {
    const int token = sample({scores.data(), scores.size()}, options, rng);
    if (token == end) break;
    drawn.push_back(token);
    if (drawn.size() < most) scores = next(token);
  }
  return drawn;
  //< generate
}

} // namespace tapestry::inline TAPESTRY_PRECISION
