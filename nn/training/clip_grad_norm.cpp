#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"
#include "nn/option.hpp"
#include "nn/training/optimizer.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {
namespace {

double sum_of_squares(const real* x, std::size_t n) {
  constexpr std::size_t parts = 16; // whatever the number of cores, so that they add up alike
  double sums[parts] = {};
  const auto part = [&](std::size_t begin, std::size_t end, std::size_t p) {
    double partial[16] = {}; // two vector registers' worth
    const auto add = [&](std::size_t i, std::size_t j) {
      const double v = static_cast<double>(x[i + j]);
      partial[j] += v * v;
    };
    std::size_t i = begin;
    for (; i + 16 <= end; i += 16)
      for (std::size_t j = 0; j < 16; ++j) add(i, j);
    for (std::size_t j = 0; i + j < end; ++j) add(i, j);
    sums[p] = std::accumulate(partial, partial + 16, 0.0);
  };
  parallel_ranges(n, n < 50'000 ? 1 : parts, std::ref(part));
  return std::accumulate(sums, sums + parts, 0.0);
}

// Calls f(entries, n) for the whole gradient of p, or for each of its touched rows.
template <class F> void for_each_run(const Parameter& p, F f) {
  if (p.stored_grad().shape() != p.shape())
    throw std::invalid_argument(fmt::format("clip_grad_norm: \"{}\" is {}, its gradient {}",
                                            p.name(), to_string(p.shape()),
                                            to_string(p.stored_grad().shape())));
  const auto rows = p.touched_rows();
  real* g = p.stored_grad().data();
  if (!rows) return f(g, p.value().size());
  const std::size_t width = p.shape()[0] ? p.value().size() / p.shape()[0] : 0;
  for (std::int32_t r : *rows) f(g + static_cast<std::size_t>(r) * width, width);
}

// Calls f(p) for each parameter that has a gradient: a tied one, which may be listed twice, once.
template <class F> void for_each_reached(const std::vector<Parameter>& parameters, F f) {
  for (auto p = parameters.begin(); p != parameters.end(); ++p) {
    const auto same = [&](const Parameter& q) { return q.identity() == p->identity(); };
    if (p->has_grad() && std::none_of(parameters.begin(), p, same)) f(*p);
  }
}

} // namespace

//> clip-grad-norm
double clip_grad_norm(const std::vector<Parameter>& parameters, double max_norm) {
  expect_at_least_0("clip_grad_norm", "max_norm", max_norm);
  double squares = 0;
  for_each_reached(parameters, [&](const Parameter& p) {
    for_each_run(p, [&](const real* g, std::size_t n) { squares += sum_of_squares(g, n); });
  });
  const double norm = std::sqrt(squares);
  const real scale = static_cast<real>(max_norm / (norm + 1e-6));
  if (scale < 1 && std::isfinite(norm))
    for_each_reached(parameters, [&](const Parameter& p) {
      for_each_run(p, [&](real* g, std::size_t n) {
        parallel_entries(n, [g, scale](std::size_t i) { g[i] *= scale; });
      });
    });
  return norm;
}
//< clip-grad-norm

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
