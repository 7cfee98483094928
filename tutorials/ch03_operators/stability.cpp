// Formulas that are right on paper and wrong in float: overflow, lost digits, and what mends them.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

//> naive
Var naive_softmax(const Var& x) { // (N, V)
  const Var e = exp(x);
  return e / sum(e, {1}, true);
}

Var naive_cross_entropy(const Var& x, std::size_t target) { // (1, V)
  const Var p = naive_softmax(x);
  return -sum(log(select(p, 1, target)));
}
//< naive

// NaN has a sign, and -0 too; neither means anything here.
real unsigned_nan(real x) { return std::isnan(x) ? std::numeric_limits<real>::quiet_NaN() : x + 0; }

std::string text(const Tensor& x) {
  std::string line;
  for (real v : x) line += fmt::format("{:>9.4f}", unsigned_nan(v));
  return line;
}

struct Result {
  real loss;
  Tensor gradient;
};

template <class F> Result run(F loss_of, const Tensor& scores) {
  const Var x = variable(scores, "scores");
  Tape tape;
  const Var loss = loss_of(x);
  tape.backward(loss);
  return {loss.item(), x.grad()};
}

// -log softmax(scores)[target] of two scores, in three ways.
real naive(double first, double second, std::size_t target) {
  const Tensor scores{{static_cast<real>(first), static_cast<real>(second)}};
  return naive_cross_entropy(constant(scores), target).item();
}
real fused(double first, double second, std::int32_t target) {
  const Tensor scores{{static_cast<real>(first), static_cast<real>(second)}};
  return cross_entropy(constant(scores), {target}).item();
}
real by_log1p(double gap) { // the target's score is larger by gap
  return binary_cross_entropy(constant(Tensor(static_cast<real>(gap))), constant(Tensor(1))).item();
}

std::string number(real x) { return std::isfinite(x) ? fmt::format("{:.2e}", x + 0) : "nan"; }

// Two forms of the sigmoid, in float.
real by_exp(real x) { return 1 / (1 + std::exp(-x)); }
real by_tanh(real x) { return (1 + std::tanh(x / 2)) / 2; }
double exact_sigmoid(real x) { return 1 / (1 + std::exp(-static_cast<double>(x))); }

// Mean of squares minus square of mean.
real variance_in_one_pass(const Tensor& x) {
  real total = 0, squares = 0;
  for (real v : x) {
    total += v;
    squares += v * v;
  }
  const real n = static_cast<real>(x.size()), mean = total / n;
  return squares / n - mean * mean;
}

} // namespace

int main() {
  volatile real zero = 0, big = 89; // volatile: computed when the program runs
  const real infinity = std::exp(big);
  fmt::print("exp(88) = {:.2g}, exp(89) = {}, log(0) = {}, inf / inf = {}, 0 x inf = {}\n",
             std::exp(real(88)), infinity, std::log(zero), unsigned_nan(infinity / infinity),
             unsigned_nan(zero * infinity));

  fmt::print("\nsoftmax of 1, 2, 3 and of the same plus 100:\n");
  for (double shift : {0., 100.}) {
    const Var x = constant({{real(1 + shift), real(2 + shift), real(3 + shift)}});
    fmt::print("  plus {:<4}  naive_softmax{}   softmax{}\n", shift, text(naive_softmax(x).value()),
               text(softmax(x).value()));
  }

  fmt::print("\nThe loss of class 1, and its gradient:\n");
  for (double gap : {1., 10., 120.}) {
    const Tensor scores{{0, static_cast<real>(-gap)}};
    const Result a = run([](const Var& x) { return naive_cross_entropy(x, 1); }, scores);
    const Result b = run([](const Var& x) { return cross_entropy(x, {1}); }, scores);
    fmt::print("  scores 0 and {:<5}  naive {:>8.4f}{}   cross_entropy {:>8.4f}{}\n", -gap, a.loss,
               text(a.gradient), b.loss, text(b.gradient));
  }

  fmt::print("\nThe same, naive, with log(p + 1e-8):\n");
  for (double gap : {1., 10., 120.}) {
    const Tensor scores{{0, static_cast<real>(-gap)}};
    const Result a =
        run([](const Var& x) { return -sum(log(select(naive_softmax(x), 1, 1) + 1e-8)); }, scores);
    fmt::print("  scores 0 and {:<5}  loss {:>8.4f}   gradient{}\n", -gap, a.loss,
               text(a.gradient));
  }

  fmt::print("\nWith check_finite:\n");
  try {
    const Var x = variable({{0, -120}}, "scores");
    //> check-finite
    Tape tape({.check_finite = true});
    tape.backward(naive_cross_entropy(x, 1));
    //< check-finite
  } catch (const TapeError& error) {
    fmt::print("  {}\n", error.what());
  }

  fmt::print("\nsigmoid far below zero:\n");
  fmt::print("  {:>4} {:>16} {:>20} {:>14}\n", "x", "1 / (1 + e^-x)", "(1 + tanh(x/2)) / 2",
             "double");
  for (real x : {-5.F, -10.F, -15.F, -20.F, -25.F})
    fmt::print("  {:>4} {:>16.3e} {:>20.3e} {:>14.3e}\n", x, by_exp(x), by_tanh(x),
               exact_sigmoid(x));
  std::string tsv = "x\tby exp\tby tanh\n";
  for (double x = 0; x > -25; x -= 0.5) {
    double worst_exp = 0, worst_tanh = 0; // of 50 neighbours
    for (int i = 0; i < 50; ++i) {
      const real at = static_cast<real>(x - 0.01 * i);
      const double exact = exact_sigmoid(at);
      worst_exp = std::max(worst_exp, std::abs(static_cast<double>(by_exp(at)) - exact) / exact);
      worst_tanh = std::max(worst_tanh, std::abs(static_cast<double>(by_tanh(at)) - exact) / exact);
    }
    tsv += fmt::format("{}\t{:.0e}\t{:.0e}\n", x - 0.25, worst_exp, worst_tanh);
  }
  keep("sigmoid.tsv", tsv);

  tsv = "gap\tnaive, from (gap, 0)\tnaive, from (0, -gap)\tcross_entropy\n";
  for (int gap = 0; gap <= 120; gap += 2)
    tsv += fmt::format("{}\t{}\t{}\t{}\n", gap, number(naive(gap, 0, 1)), number(naive(0, -gap, 1)),
                       number(fused(0, -gap, 1)));
  keep("wrong.tsv", tsv);
  tsv = "gap\tnaive\tcross_entropy\tbinary_cross_entropy\n";
  for (double gap = 0; gap <= 25; gap += 0.5)
    tsv += fmt::format("{}\t{}\t{}\t{}\n", gap, number(naive(0, -gap, 0)),
                       number(fused(0, -gap, 0)), number(by_log1p(gap)));
  keep("sure.tsv", tsv);
  int gap = 0, tenths = 0;
  while (fused(0, -gap, 0) > 0) ++gap;
  while (by_tanh(static_cast<real>(-0.1 * tenths)) > 0) ++tenths;
  const std::string shut = fmt::format("{:.1f}", -0.1 * tenths);
  keep("stability.json", nlohmann::json{{"first_zero", gap}, {"shut", shut}}.dump(1) + "\n");

  fmt::print("\nA yes at score 20 where no is right, and the other way round:\n");
  const Var score = constant(Tensor(20)), yes = constant(Tensor(1)), no = constant(Tensor(0));
  const auto by_probability = [](const Var& x, const Var& t) {
    const Var p = sigmoid(x);
    return -(t * log(p) + (1 - t) * log(1 - p));
  };
  fmt::print("  -t log p - (1 - t) log(1 - p)   {:>10.3e}   {:>10.3e}\n",
             by_probability(score, no).item(), unsigned_nan(by_probability(score, yes).item()));
  fmt::print("  binary_cross_entropy            {:>10.3e}   {:>10.3e}\n",
             binary_cross_entropy(score, no).item(), binary_cross_entropy(score, yes).item());

  fmt::print("\n1 - exp(-x) for small x:\n");
  for (double at : {1e-2, 1e-4, 1e-6, 1e-8}) {
    volatile real x = static_cast<real>(at);
    fmt::print("  {:<6.0e}  1 - exp(-x) = {:.4e}   -expm1(-x) = {:.4e}\n", at, 1 - std::exp(-x),
               -std::expm1(-x));
  }

  fmt::print("\nThe variance of 1, 2, 3, 4, and of the same plus 10,000:\n");
  for (double shift : {0., 10000.}) {
    Tensor x{1, 2, 3, 4};
    for (real& v : x) v += static_cast<real>(shift);
    fmt::print("  plus {:<6}  mean of squares - square of mean: {:>7.4f}   var: {:.4f}\n", shift,
               variance_in_one_pass(x), var(constant(x), {}, false, 0).item());
  }
}
