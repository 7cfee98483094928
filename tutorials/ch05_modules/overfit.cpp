// Overfitting: the loss on the points that the network learns from, and on others, while it trains.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/operators/loss.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/training/optimizer.hpp"
#include "two_spirals.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t steps = 1500;

// The same points, each moved by random numbers of standard deviation 0.2: the arms are 1 apart.
Spirals noisy(std::uint64_t seed) {
  Rng rng(seed);
  Spirals s = two_spirals();
  s.x += normal({194, 2}, 0, 0.2, rng);
  return s;
}

struct Losses {
  std::vector<double> training, validation; // before each step
  std::size_t best() const {
    const auto least = std::min_element(validation.begin(), validation.end());
    return static_cast<std::size_t>(least - validation.begin());
  }
};

Losses train(std::uint64_t seed) {
  const Spirals training = noisy(100 + seed), validation = noisy(200 + seed);
  Rng rng(seed);
  Mlp model(rng);
  nn::Adam optimizer(model.parameters(), {.lr = 0.01});
  Losses losses;
  for (std::size_t step = 0; step <= steps; ++step) {
    {
      const Var logits = model(constant(validation.x));
      const Var loss = binary_cross_entropy(logits, constant(validation.t));
      losses.validation.push_back(static_cast<double>(loss.item()));
    }
    optimizer.zero_grad();
    Tape tape;
    const Var logits = model(constant(training.x));
    const Var loss = binary_cross_entropy(logits, constant(training.t));
    tape.backward(loss);
    losses.training.push_back(static_cast<double>(loss.item()));
    optimizer.step();
  }
  return losses;
}

} // namespace

int main() {
  fmt::print("Noisy spirals, five seeds: the validation loss at its lowest, and at the end\n");
  fmt::print("  {:>10}{:>10}{:>12}{:>22}\n", "best step", "there", "step 1500",
             "training, step 1500");
  std::vector<double> best, at_best, at_end, on_training;
  std::string tsv = "step\ttraining\tvalidation\n";
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const Losses l = train(seed);
    fmt::print("  {:>10}{:>10.2f}{:>12.2f}{:>22.3f}\n", l.best(), l.validation[l.best()],
               l.validation[steps], l.training[steps]);
    best.push_back(static_cast<double>(l.best())), at_best.push_back(l.validation[l.best()]);
    at_end.push_back(l.validation[steps]), on_training.push_back(l.training[steps]);
    if (seed == 1)
      for (std::size_t step = 0; step <= steps; step += 10)
        tsv += fmt::format("{}\t{:.4f}\t{:.4f}\n", step, l.training[step], l.validation[step]);
  }
  keep("overfit.tsv", tsv);
  const auto range = [](const std::vector<double>& v, const char* form) {
    const auto [low, high] = std::minmax_element(v.begin(), v.end());
    return fmt::format("{} to {}", fmt::format(fmt::runtime(form), *low),
                       fmt::format(fmt::runtime(form), *high));
  };
  keep("overfit.json", nlohmann::json{{"best", range(best, "{:.0f}")},
                                      {"there", range(at_best, "{:.2f}")},
                                      {"end", range(at_end, "{:.1f}")},
                                      {"training", range(on_training, "{:.3f}")}}
                               .dump(1) +
                           "\n");
}
