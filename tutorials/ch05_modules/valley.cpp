// A long valley: how fast gradient descent, momentum and Adam come down, against the formulas.
#include <algorithm>
#include <cmath>
#include <complex>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/training/optimizer.hpp"

using namespace tapestry;
using nn::Adam, nn::SGD, nn::AdamOptions, nn::SGDOptions;

namespace {

using Path = std::vector<Tensor>; // points (1, 2)

//> descend
// The way of an optimiser down f(w) = w H w^T / 2. H: (2, 2), start: (1, 2)
template <class Optimizer, class Options>
Path descend(const Tensor& H, const Tensor& start, const Options& options, std::size_t steps) {
  const Parameter w("w", start);
  Optimizer optimizer({w}, options);
  Path path;
  for (std::size_t step = 0; step <= steps; ++step) {
    path.push_back(w.value());
    optimizer.zero_grad();
    Tape tape;
    const Var slope = matmul(w, constant(H));
    const Var f = sum(slope * w) / 2;
    tape.backward(f);
    optimizer.step();
  }
  return path;
}
//< descend

constexpr real across = 25; // the curvature across the valley; along it, 1
const Tensor valley{{1, 0}, {0, across}};
const Tensor start{{-10, 1}};

Path sgd(double lr, double momentum, std::size_t steps) {
  return descend<SGD>(valley, start, SGDOptions{.lr = lr, .momentum = momentum}, steps);
}

double x(const Tensor& w) { return static_cast<double>(w(0, 0)); }
double y(const Tensor& w) { return static_cast<double>(w(0, 1)); }
double length(const Tensor& w) { return std::hypot(x(w), y(w)); }

// The factor by which a step shortens the way, as a mean over the steps from 100 to 200.
double measured(const Path& path) {
  return std::pow(length(path[200]) / length(path[100]), 1.0 / 100);
}

//> root
// The larger |z| of the two solutions of z^2 - (1 + m - lr lambda) z + m = 0.
double root(double lr, double m, double lambda) {
  const double half = (1 + m - lr * lambda) / 2;
  const std::complex<double> d = std::sqrt(std::complex<double>(half * half - m));
  return std::max(std::abs(half + d), std::abs(half - d));
}
//< root

// Returns the steps until it stays within a thousandth of the way.
std::size_t show_rate(const char* name, double lr, double m) {
  const double predicted = std::max(root(lr, m, 1), root(lr, m, across));
  const Path path = sgd(lr, m, 200);
  std::size_t steps = path.size();
  while (length(path[steps - 1]) < length(start) / 1000) --steps;
  fmt::print("  {:<22} {:>9.3f} {:>9.3f} {:>7}\n", name, predicted, measured(path), steps);
  return steps;
}

// The largest difference between two paths.
double apart(const Path& a, const Path& b) {
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    most = std::max({most, std::abs(x(a[i]) - x(b[i])), std::abs(y(a[i]) - y(b[i]))});
  return most;
}

// The steps of SGD with lr 1 on a slope of 1 that does not change: the length of the last one.
double long_run_step(double m) {
  const Parameter w("w", 0);
  SGD optimizer({w}, {.lr = 1, .momentum = m});
  double before = 0;
  for (int step = 0; step < 200; ++step) {
    before = static_cast<double>(w.item());
    w.grad() = Tensor(1);
    optimizer.step();
  }
  return before - static_cast<double>(w.item());
}

// Gradient descent with a gradient that is never set to zero.
Path without_zero_grad(double lr, std::size_t steps) {
  const Parameter w("w", start);
  SGD optimizer({w}, {.lr = lr});
  Path path;
  for (std::size_t step = 0; step <= steps; ++step) {
    path.push_back(w.value());
    Tape tape;
    const Var slope = matmul(w, constant(valley));
    const Var f = sum(slope * w) / 2;
    tape.backward(f);
    optimizer.step();
  }
  return path;
}

void show_adam(const char* name, const Tensor& H, const Tensor& from, const Path& other) {
  const Path path = descend<Adam>(H, from, AdamOptions{.lr = 0.5}, 100);
  fmt::print("  {:<24} {:>7.4f} {:>7.4f} {:>7.4f}", name, length(path[25]), length(path[50]),
             length(path[100]));
  fmt::print("   {}\n", apart(path, other) < 1e-4 ? "the same path" : "another path");
}

} // namespace

int main() {
  fmt::print("Gradient descent, y after 100 steps from y = 1:\n");
  fmt::print("        lr   1 - 25 lr    predicted     measured\n");
  for (double lr : {0.02, 0.07, 0.079, 0.081, 0.09}) {
    const double factor = 1 - across * lr;
    fmt::print("  {:>8.3f} {:>11.3f} {:>12.2g} {:>12.2g}\n", lr, factor, std::pow(factor, 100),
               y(sgd(lr, 0, 100)[100]));
  }

  fmt::print("\nThe factor of a step, and the steps to a thousandth of the way:\n");
  fmt::print("                         predicted  measured   steps\n");
  const std::size_t plain = show_rate("lr 2/26", 2.0 / 26, 0);
  const std::size_t best = show_rate("lr 1/9, momentum 4/9", 1.0 / 9, 4.0 / 9);
  show_rate("lr 1/9, momentum 0.7", 1.0 / 9, 0.7);
  show_rate("lr 1/9, momentum 0.9", 1.0 / 9, 0.9);

  fmt::print("\nThe factor of a step for y, with momentum 0.9:\n");
  fmt::print("        lr    predicted     measured\n");
  for (double lr : {0.151, 0.153}) {
    const Path path = sgd(lr, 0.9, 200);
    fmt::print("  {:>8.3f} {:>12.3f} {:>12.3f}\n", lr, root(lr, 0.9, across),
               std::pow(std::abs(y(path[200]) / y(path[100])), 1.0 / 100));
  }
  fmt::print("\nOn a slope of 1, lr 1, a step becomes: momentum 0.5 {:.2f}, momentum 0.9 {:.2f}\n",
             long_run_step(0.5), long_run_step(0.9));

  const Path forgotten = without_zero_grad(0.01, 300), undamped = sgd(0.01, 1, 300);
  double largest = 0;
  for (std::size_t i = 200; i <= 300; ++i) largest = std::max(largest, std::abs(x(forgotten[i])));
  fmt::print("\nWithout zero_grad, lr 0.01:\n");
  fmt::print("  the largest |x| in steps 200 to 300, from |x| = 10: {:.1f}\n", largest);
  fmt::print("  momentum 1 takes {}\n",
             apart(forgotten, undamped) < 0.01 ? "the same path" : "another path");

  const Path round = descend<Adam>({{1, 0}, {0, 1}}, start, AdamOptions{.lr = 0.5}, 100);
  const real h = std::sqrt(real(0.5));
  const Tensor turned_start{{-11 * h, -9 * h}}; // (-10, 1), turned by 45 degrees
  fmt::print("\nAdam's distance from the bottom after 25, 50 and 100 steps:\n");
  show_adam("steepness 1", {{1, 0}, {0, 1}}, start, round);
  show_adam("steepness 25", valley, start, round);
  show_adam("steepness 10000", {{1, 0}, {0, 10000}}, start, round);
  show_adam("steepness 25, turned", {{13, -12}, {-12, 13}}, turned_start, round);

  std::string tsv;
  const Path adam = descend<Adam>(valley, start, AdamOptions{.lr = 0.5}, 50);
  for (const Path& path : {sgd(2.0 / 26, 0, 50), sgd(1.0 / 9, 4.0 / 9, 50), adam}) {
    for (const Tensor& w : path) tsv += fmt::format("{:.3f}\t{:.3f}\n", x(w), y(w));
    tsv += "\n\n";
  }
  keep("valley.tsv", tsv);
  keep("valley.json", nlohmann::json{{"plain", plain}, {"best", best}}.dump(1) + "\n");
}
