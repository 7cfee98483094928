// Thirty layers on the two spirals: which initial values still learn, with SGD and with Adam, each
// at the rate that suits it best.
#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/operators/functions.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/init.hpp"
#include "nn/training/optimizer.hpp"
#include "two_spirals.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t depth = 30, steps = 600;

using Init = std::function<Tensor(const Shape&, Rng&)>;

Tensor pytorch(const Shape& shape, Rng& rng) { return fan_uniform(shape, shape[1], rng); }

//> deep
// A network of 30 layers of 32 with ReLU between them.
struct Deep : nn::Module {
  std::vector<nn::Linear> layers;

  Deep(const Init& init, Rng& rng) {
    for (std::size_t i = 0; i < depth; ++i) {
      const std::size_t in = i == 0 ? 2 : 32, out = i + 1 == depth ? 1 : 32;
      layers.push_back(nn::Linear({in, out}, rng));
      layers[i].weight.value() = init({out, in}, rng);
      layers[i].bias.value().fill(0);
    }
  }
  Var operator()(const Operand& x) const {
    Var h = layers[0](x);
    for (std::size_t i = 1; i < depth; ++i) h = layers[i](relu(h));
    return h;
  }
  void visit(nn::Visitor& v) override {
    for (std::size_t i = 0; i < depth; ++i) v(std::to_string(i), layers[i]);
  }
};
//< deep

const Spirals training = two_spirals(), validation = two_spirals(0.5);

struct Run {
  double first_gradient; // of the first layer's weights, before the first step: root mean square
  double training, validation, right; // after the last step
};

Run train(const Init& init, bool adam, double lr, double eps, std::uint64_t seed) {
  Rng rng(seed);
  Deep model(init, rng);
  std::unique_ptr<nn::Optimizer> optimizer;
  if (adam)
    optimizer =
        std::make_unique<nn::Adam>(model.parameters(), nn::AdamOptions{.lr = lr, .eps = eps});
  else
    optimizer = std::make_unique<nn::SGD>(model.parameters(), nn::SGDOptions{.lr = lr});
  Run run{};
  for (std::size_t step = 0; step < steps; ++step) {
    optimizer->zero_grad();
    Tape tape;
    const Var logits = model(constant(training.x));
    const Var loss = binary_cross_entropy(logits, constant(training.t));
    tape.backward(loss);
    if (step == 0) {
      double squares = 0;
      const Tensor& g = model.layers[0].weight.grad();
      for (real v : g) squares += static_cast<double>(v) * static_cast<double>(v);
      run.first_gradient = std::sqrt(squares / static_cast<double>(g.size()));
    }
    optimizer->step();
  }
  const auto loss_on = [&](const Spirals& s) {
    const Var logits = model(constant(s.x));
    return static_cast<double>(binary_cross_entropy(logits, constant(s.t)).item());
  };
  run.training = loss_on(training);
  run.validation = loss_on(validation);
  run.right = share_right(model(constant(training.x)), training.t);
  return run;
}

std::string range(const std::vector<Run>& runs, double Run::*what, const char* form) {
  std::vector<double> v;
  for (const Run& r : runs) v.push_back(r.*what);
  const auto [low, high] = std::minmax_element(v.begin(), v.end());
  return fmt::format("{} to {}", fmt::format(fmt::runtime(form), *low),
                     fmt::format(fmt::runtime(form), *high));
}

} // namespace

int main() {
  struct Case {
    const char *key, *name;
    Init init;
    bool adam = false;
    double eps = 0;
  };
  const std::vector<Case> cases{
      {"fan_sgd", "fan_uniform", pytorch},
      {"xavier_sgd", "xavier_uniform", xavier_uniform},
      {"kaiming_sgd", "kaiming_uniform", kaiming_uniform},
      {"fan_adam", "fan_uniform", pytorch, true, 1e-8},
      {"xavier_adam", "xavier_uniform", xavier_uniform, true, 1e-8},
      {"kaiming_adam", "kaiming_uniform", kaiming_uniform, true, 1e-8},
      {"fan_eps", "fan_uniform", pytorch, true, 1e-30},
      {"xavier_eps", "xavier_uniform", xavier_uniform, true, 1e-30},
  };
  fmt::print("The two spirals, 30 layers of 32, ReLU, after {} steps, three seeds:\n", steps);
  fmt::print("  {:<17}{:<19}{:>6}  {:<17}{:<16}{}\n", "", "", "lr", "first gradient", "loss",
             "right");
  nlohmann::json kept;
  for (const Case& c : cases) {
    const std::vector<double> rates =
        c.adam ? std::vector{3e-4, 1e-3, 3e-3} : std::vector{0.03, 0.1, 0.3};
    double best = 0, least = INFINITY;
    for (double lr : rates) { // chosen on seed 1 and the validation points
      const double loss = train(c.init, c.adam, lr, c.eps, 1).validation;
      if (loss < least) least = loss, best = lr;
    }
    std::vector<Run> runs;
    for (std::uint64_t seed : {11, 12, 13})
      runs.push_back(train(c.init, c.adam, best, c.eps, seed));
    const std::string method = !c.adam ? "SGD" : c.eps == 1e-8 ? "Adam" : "Adam, eps 1e-30";
    const std::string gradient = range(runs, &Run::first_gradient, "{:.0e}"),
                      loss = range(runs, &Run::training, "{:.2f}"),
                      right = range(runs, &Run::right, "{:.2f}");
    fmt::print("  {:<17}{:<19}{:>6}  {:<17}{:<16}{}\n", c.name, method, best, gradient, loss,
               right);
    kept[c.key] = {{"gradient", gradient}, {"loss", loss}, {"right", right}};
  }
  keep("deep.json", kept.dump(1) + "\n");
}
