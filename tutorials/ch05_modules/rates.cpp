// Three optimisers on the two spirals, each with the learning rate that suits it best: chosen on
// points kept for choosing, measured on others.
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
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

constexpr std::size_t steps = 1000;

//> three-sets
const Spirals training = two_spirals();      // what the gradients come from
const Spirals validation = two_spirals(0.5); // what the learning rate is chosen on
const Spirals test = two_spirals(0.25);      // looked at once, at the end
//< three-sets

using Make = std::function<std::unique_ptr<nn::Optimizer>(Mlp&, double lr)>;

struct Method {
  const char *key, *name;
  std::vector<double> rates;
  Make make;
};

const std::vector<Method> methods{
    {"sgd",
     "SGD",
     {0.1, 0.3, 1, 2, 3},
     [](Mlp& m, double lr) {
       return std::make_unique<nn::SGD>(m.parameters(), nn::SGDOptions{.lr = lr});
     }},
    {"momentum",
     "momentum 0.9",
     {0.1, 0.3, 1, 2, 3},
     [](Mlp& m, double lr) {
       return std::make_unique<nn::SGD>(m.parameters(), nn::SGDOptions{.lr = lr, .momentum = 0.9});
     }},
    {"adam", "Adam", {0.001, 0.003, 0.01, 0.03, 0.1}, [](Mlp& m, double lr) {
       return std::make_unique<nn::Adam>(m.parameters(), nn::AdamOptions{.lr = lr});
     }}};

double loss_on(const Mlp& model, const Spirals& s) {
  const Var logits = model(constant(s.x));
  return static_cast<double>(binary_cross_entropy(logits, constant(s.t)).item());
}

struct Run {
  std::vector<double> training;   // the loss before each step, and after the last
  double validation, test, right; // afterwards; the share of the test points that is right
};

Run train(const Method& method, double lr, std::uint64_t seed) {
  Rng rng(seed);
  Mlp model(rng);
  const auto optimizer = method.make(model, lr);
  Run run;
  for (std::size_t step = 0; step < steps; ++step) {
    optimizer->zero_grad();
    Tape tape;
    const Var logits = model(constant(training.x));
    const Var loss = binary_cross_entropy(logits, constant(training.t));
    tape.backward(loss);
    run.training.push_back(static_cast<double>(loss.item()));
    optimizer->step();
  }
  run.training.push_back(loss_on(model, training));
  run.validation = loss_on(model, validation);
  run.test = loss_on(model, test);
  run.right = share_right(model(constant(test.x)), test.t);
  return run;
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

std::string two_digits(double v) {
  return v < 0.001 ? fmt::format("{:.0e}", v) : fmt::format("{:.2g}", v);
}

} // namespace

int main() {
  fmt::print("The validation loss after {} steps, median of seeds 1 to 3:\n", steps);
  std::vector<double> chosen;
  for (const Method& m : methods) {
    fmt::print("  {:<14}", "lr");
    for (double lr : m.rates) fmt::print("{:>9}", lr);
    fmt::print("\n  {:<14}", m.name);
    double least = INFINITY, best = 0;
    for (double lr : m.rates) {
      std::vector<double> losses;
      for (std::uint64_t seed : {1, 2, 3}) losses.push_back(train(m, lr, seed).validation);
      const double loss = median(losses);
      fmt::print("{:>9}", two_digits(loss));
      if (loss < least) least = loss, best = lr;
    }
    fmt::print("   chosen: {}\n", best);
    chosen.push_back(best);
  }

  fmt::print("\nEach at its rate, seeds 11 to 17, median (smallest to largest):\n");
  fmt::print("  {:<24}{:<26}{:<26}{}\n", "", "training loss", "test loss", "test points right");
  nlohmann::json kept;
  std::string tsv;
  for (std::size_t i = 0; i < methods.size(); ++i) {
    const Method& m = methods[i];
    std::vector<Run> runs;
    for (std::uint64_t seed = 11; seed <= 17; ++seed) runs.push_back(train(m, chosen[i], seed));
    const auto spread = [&](auto of) {
      std::vector<double> v;
      for (const Run& r : runs) v.push_back(of(r));
      const auto [low, high] = std::minmax_element(v.begin(), v.end());
      return fmt::format("{} ({} to {})", two_digits(median(v)), two_digits(*low),
                         two_digits(*high));
    };
    fmt::print("  {:<24}{:<26}{:<26}{}\n", fmt::format("{}, lr {}", m.name, chosen[i]),
               spread([](const Run& r) { return r.training.back(); }),
               spread([](const Run& r) { return r.test; }),
               spread([](const Run& r) { return r.right; }));
    kept[m.key] = {{"lr", chosen[i]},
                   {"loss", spread([](const Run& r) { return r.training.back(); })}};
    for (std::size_t step = 0; step <= steps; step += 10) {
      std::vector<double> v;
      for (const Run& r : runs) v.push_back(r.training[step]);
      const auto [low, high] = std::minmax_element(v.begin(), v.end());
      tsv += fmt::format("{}\t{:.1e}\t{:.1e}\t{:.1e}\n", step, median(v), *low, *high);
    }
    tsv += "\n\n";
  }
  keep("rates.tsv", tsv);
  keep("rates.json", kept.dump(1) + "\n");
}
