// How the gradient of the last state changes on its way back: vanishing, exploding, and the bound.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "autograd/tape.hpp"
#include "banana.hpp"
#include "keep.hpp"
#include "matrices.hpp"
#include "nn/recurrent/elman_cell.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t hidden = 50, steps = 60;

//> spectral-radius
// The size of the largest eigenvalue, by Gelfand's formula: |W^k|^(1/k) for k = 2^12. Squaring
// doubles k. The norm is divided out before, and kept as a logarithm: W^k itself would overflow.
double spectral_radius(Tensor w) {
  double log_norm = 0;
  for (int i = 0; i < 12; ++i) {
    const double n = norm(w);
    w /= static_cast<real>(n);
    w = times(w, w);
    log_norm = 2 * (log_norm + std::log(n));
  }
  return std::exp((log_norm + std::log(norm(w))) / 4096);
}
//< spectral-radius

//> largest-singular-value
// The most that W stretches a vector: W^T W, again and again, turns any vector towards that one.
double largest_singular_value(const Tensor& w) {
  Tensor v = ones({w.shape()[1], 1});
  for (int i = 0; i < 1000; ++i) {
    v = times(flipped(w), times(w, v));
    v /= static_cast<real>(norm(v));
  }
  return norm(times(w, v));
}
//< largest-singular-value

struct Way {
  std::vector<double> norms, bounds; // k = 0 .. T steps back from the last state
};

//> way-back
// |dL/dh_(T-k)| for L = <c, h_T>, and the bound that the chain rule gives for it, where sigma is
// the largest singular value of w_hh. x: (T, 1, 4)
Way way_back(const Var& w_ih, const Var& w_hh, double sigma, const Tensor& x, const Tensor& c) {
  std::vector<Var> h{variable(zeros({1, hidden}))};
  Tape tape;
  for (std::size_t t = 0; t < steps; ++t)
    h.push_back(elman_cell(constant(at(x, t)), h[t], w_ih, w_hh, Var{}, Var{}));
  tape.backward(h[steps], c);

  Way way;
  double bound = norm(c);
  for (std::size_t t = steps + 1; t-- > 0;) {
    way.norms.push_back(norm(h[t].grad()));
    way.bounds.push_back(bound);
    const Tensor slopes = 1 - xt::square(h[t].value()); // of step t's tanh
    bound *= static_cast<double>(xt::amax(slopes)()) * sigma;
  }
  return way;
}
//< way-back

// By what the norm is multiplied in each of the last 30 steps of the way.
double factor(const Way& way) {
  return std::pow(way.norms[steps] / way.norms[steps - 30], 1.0 / 30);
}

//> growing
// Of ten networks, reading, those whose gradient is larger 60 steps back than at the last state.
void count_growing() {
  fmt::print("\nOf 10 networks that read, those whose gradient grows:\n");
  fmt::print("  rho                 1.0  1.5  2.0  3.0  4.0\n");
  for (double strength : {1.0, 1.0 / 3}) { // of the input
    fmt::print("  {:<18}", strength == 1 ? "input as it is" : "a third of it");
    for (double rho : {1.0, 1.5, 2.0, 3.0, 4.0}) {
      int grown = 0;
      for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        Rng rng(seed);
        const Tensor w = normal({hidden, hidden}, 0, 1, rng);
        const Var w_hh = variable(w * static_cast<real>(rho / spectral_radius(w)));
        const Var w_ih = constant(normal({hidden, 4}, 0, strength, rng));
        const Way way =
            way_back(w_ih, w_hh, 1, one_hot(bananas(steps)), normal({1, hidden}, 0, 1, rng));
        grown += way.norms[steps] > way.norms[0];
      }
      fmt::print("{:>5}", grown);
    }
    fmt::print("\n");
  }
}
//< growing

} // namespace

int main() {
  Rng rng(1);
  const Tensor w = normal({hidden, hidden}, 0, 1, rng);
  const Var w_ih = constant(normal({hidden, 4}, 0, 1, rng));
  Tensor c = normal({1, hidden}, 0, 1, rng);
  c /= static_cast<real>(norm(c));
  const double radius = spectral_radius(w);

  fmt::print("                 60 steps back:         a step:\n");
  fmt::print("  rho   sigma    idle      reading    idle  reading\n");
  std::vector<std::vector<double>> columns;
  std::size_t held = 0, all = 0;
  nlohmann::json kept;
  for (double rho : {0.5, 0.8, 1.0, 1.2, 1.5, 3.0}) {
    const Var w_hh = variable(w * static_cast<real>(rho / radius));
    const double sigma = largest_singular_value(w_hh.value());
    const Way idle = way_back(w_ih, w_hh, sigma, zeros({steps, 1, 4}), c),
              reading = way_back(w_ih, w_hh, sigma, one_hot(bananas(steps)), c);
    fmt::print("  {:.1f}   {:.2f}     {:.0e}     {:.0e}      {:.2f}  {:.2f}\n",
               spectral_radius(w_hh.value()), sigma, idle.norms[steps], reading.norms[steps],
               factor(idle), factor(reading));
    for (const Way& way : {idle, reading}) {
      columns.push_back(way.norms);
      for (std::size_t k = 0; k <= steps; ++k, ++all)
        held += way.norms[k] <= way.bounds[k] * (1 + 1e-4); // rounding
    }
    kept[fmt::format("rho{:.0f}", 10 * rho)] = {
        {"reading_decades", std::lround(std::log10(reading.norms[steps]))},
        {"sigma", std::round(100 * largest_singular_value(w_hh.value())) / 100}};
    if (rho == 0.5) columns.push_back(idle.bounds);
  }
  fmt::print("\nNorms that keep to the bound: {} of {}\n", held, all);
  count_growing();

  std::string tsv = "k\t0.5 idle\t0.5 reading\t0.5 bound\t0.8 idle\t0.8 reading\t1.0 idle\t"
                    "1.0 reading\t1.2 idle\t1.2 reading\t1.5 idle\t1.5 reading\t3 idle\t"
                    "3 reading\n";
  for (std::size_t k = 0; k <= steps; ++k) {
    tsv += fmt::format("{}", k);
    for (const std::vector<double>& column : columns) tsv += fmt::format("\t{:.1e}", column[k]);
    tsv += "\n";
  }
  keep("jacobians.tsv", tsv);
  const double least = columns.front()[steps], most = columns[9][steps]; // idle, 0.5 and 1.5
  kept["decades"] = std::lround(std::log10(most / least));
  keep("jacobians.json", kept.dump(1) + "\n");
}
