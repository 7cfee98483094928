// Learning rates over time, and what a rate that does not fall leaves of the noise.
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/training/optimizer.hpp"
#include "nn/training/schedule.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t steps = 1000;

double mean_square(const Tensor& x) {
  double squares = 0;
  for (real v : x) squares += static_cast<double>(v) * static_cast<double>(v);
  return squares / static_cast<double>(x.size());
}

// 10,000 walkers on w^2 / 2, all from w = 3, each with a gradient that is off by random numbers of
// variance 1. What is left of w^2, as a mean over all, after 5, 50 and all steps; and a table of
// it.
void show_noise(std::string& tsv, const std::string& name, double base,
                const nn::Schedule& schedule) {
  Rng rng(1);
  const Parameter w("w", full({10'000}, 3));
  nn::SGD optimizer({w}, {.lr = base});
  fmt::print("  {:<26}", name);
  for (std::size_t step = 0; step < steps; ++step) {
    const double left = mean_square(w.value());
    if (step == 5 || step == 50) fmt::print("{:>10.4f}", left);
    if (step < 20 || step % 5 == 0) tsv += fmt::format("{}\t{:.4f}\n", step, left);
    optimizer.zero_grad();
    Tape tape;
    const Var noise = constant(normal({10'000}, 0, 1, rng));
    const Var all = square(w) / 2 + noise * w;
    tape.backward(sum(all));
    //> scheduled
    optimizer.lr = base * schedule(step);
    optimizer.step();
    //< scheduled
  }
  fmt::print("{:>10.4f}", mean_square(w.value()));
  tsv += "\n\n";
}

} // namespace

int main() {
  //> schedules
  const nn::Schedule cut = nn::step_schedule(250, 0.3);
  const nn::Schedule cosine = nn::cosine_schedule(steps);
  const nn::Schedule warm = nn::warm_up(100, nn::cosine_schedule(steps - 100, 0.1));
  //< schedules

  fmt::print("{:>6} {:>8} {:>8} {:>8}\n", "step", "cut", "cosine", "warm");
  for (std::size_t step : {0, 49, 99, 100, 250, 500, 999, 1000})
    fmt::print("{:>6} {:>8.3f} {:>8.3f} {:>8.3f}\n", step, cut(step), cosine(step), warm(step));
  std::string tsv = "step\tcut\tcosine\twarm\n";
  for (std::size_t step = 0; step <= 1100; step += 10)
    tsv += fmt::format("{}\t{:.3f}\t{:.3f}\t{:.3f}\n", step, cut(step), cosine(step), warm(step));
  keep("schedules.tsv", tsv);

  fmt::print("\nThe mean of w^2, from 9, with a noisy gradient:\n");
  fmt::print("  {:<26}{:>10}{:>10}{:>10}{:>14}\n", "", "5 steps", "50", "1000", "lr / (2 - lr)");
  std::string noise;
  const nn::Schedule constant_rate = [](std::size_t) { return 1.0; };
  for (double lr : {0.5, 0.1, 0.02}) {
    show_noise(noise, fmt::format("lr {}", lr), lr, constant_rate);
    fmt::print("{:>14.4f}\n", lr / (2 - lr));
  }
  show_noise(noise, "lr 0.5, cut", 0.5, cut);
  fmt::print("\n");
  show_noise(noise, "lr 0.5, cosine", 0.5, cosine);
  fmt::print("\n");
  keep("noise.tsv", noise);
}
