// Two spirals: a network of 1185 numbers learns to tell them apart; what it thinks of the plane.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/operators/functions.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/training/optimizer.hpp"
#include "two_spirals.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t steps = 1000;

// What the network thinks of the points of a grid: the probability of the first spiral, a row a
// line.
std::string picture(const Mlp& model) {
  constexpr std::size_t n = 61;
  Tensor points = zeros({n * n, 2});
  for (std::size_t i = 0; i < n * n; ++i) {
    points(i, 0) = static_cast<real>(-7.5 + 0.25 * static_cast<double>(i % n));
    points(i, 1) = static_cast<real>(-7.5 + 0.25 * static_cast<double>(i / n));
  }
  const Var p = sigmoid(model(constant(points))); // (n n, 1)
  std::string rows;
  for (std::size_t i = 0; i < n * n; ++i)
    rows += fmt::format("{:.3f}{}", p.value()(i, 0), i % n == n - 1 ? "\n" : "\t");
  return rows + "\n\n";
}

// One training run; `look(step, loss, logits, model)` is called before every step and at the end.
template <class Optimizer, class Options, class Look>
void train(const Spirals& data, const Options& options, Look look) {
  //> train
  Rng rng(1);
  Mlp model(rng);
  Optimizer optimizer(model.parameters(), options);
  const Var x = constant(data.x), t = constant(data.t);
  for (std::size_t step = 0; step <= steps; ++step) {
    optimizer.zero_grad();
    Tape tape;
    const Var logits = model(x);
    const Var loss = binary_cross_entropy(logits, t);
    tape.backward(loss);
    look(step, loss, logits, model);
    optimizer.step();
  }
  //< train
}

// How far the loss falls in the first step, and how far its slope says.
void show_first_step(const Spirals& data, double lr) {
  Rng rng(1);
  Mlp model(rng);
  nn::SGD optimizer(model.parameters(), {.lr = lr});
  const auto loss = [&] { return binary_cross_entropy(model(constant(data.x)), constant(data.t)); };
  double squares = 0;
  Var before;
  {
    Tape tape;
    before = loss();
    tape.backward(before);
    for (const Parameter& p : model.parameters())
      for (real g : p.grad().storage()) squares += static_cast<double>(g * g);
    optimizer.step();
  }
  fmt::print("  {:>5} {:>10.5f} {:>10.5f}\n", lr, lr * squares,
             static_cast<double>(before.item() - loss().item()));
}

} // namespace

int main() {
  using nn::SGD, nn::SGDOptions, nn::Adam, nn::AdamOptions;
  const Spirals data = two_spirals();
  std::string points = "x\ty\tt\n";
  for (std::size_t i = 0; i < 194; ++i)
    points += fmt::format("{:.3f}\t{:.3f}\t{}\n", data.x(i, 0), data.x(i, 1), data.t(i, 0));
  keep("spirals_points.tsv", points);

  fmt::print("The loss falls in the first step by\n     lr  lr |g|^2   measured\n");
  for (double lr : {0.01, 0.1, 1.0, 10.0}) show_first_step(data, lr);

  fmt::print("\n{:>6} {:>8} {:>8}\n", "step", "loss", "right");
  std::string pictures;
  std::vector<double> adam, momentum, plain;
  const auto watch = [](std::vector<double>& losses) {
    return [&](std::size_t, const Var& loss, const Var&, const Mlp&) {
      losses.push_back(static_cast<double>(loss.item()));
    };
  };
  train<Adam>(data, AdamOptions{.lr = 0.01},
              [&](std::size_t step, const Var& loss, const Var& logits, const Mlp& model) {
                adam.push_back(static_cast<double>(loss.item()));
                if (step != 0 && step != 100 && step != 200 && step != 300 && step != 400 &&
                    step != steps)
                  return;
                const double right = share_right(logits, data.t);
                fmt::print("{:>6} {:>8.3f} {:>8.3f}\n", step, loss.item(), right);
                pictures += picture(model);
              });
  train<SGD>(data, SGDOptions{.lr = 0.3, .momentum = 0.9}, watch(momentum));
  train<SGD>(data, SGDOptions{.lr = 0.3}, watch(plain));
  keep("spirals_pictures.tsv", pictures);

  Spirals moved = data;
  moved.x *= real(1 + 1e-6);
  std::vector<double> shaken;
  train<Adam>(moved, AdamOptions{.lr = 0.01}, watch(shaken));
  fmt::print("\nAll points moved by one part in a million:\n  {:>4} {:>10} {:>10}\n", "step",
             "loss", "moved");
  for (std::size_t step : {0, 200, 400, 600})
    fmt::print("  {:>4} {:>10.6f} {:>10.6f}\n", step, adam[step], shaken[step]);

  constexpr std::size_t early = 500; // later, momentum amplifies even the rounding of a double
  fmt::print("\nThe loss after {} steps:\n", early);
  fmt::print("  SGD, lr 0.3               {:.2f}\n", plain[early]);
  fmt::print("  momentum 0.9, lr 0.3      {:.2f}\n", momentum[early]);
  fmt::print("  Adam, lr 0.01             {:.3f}\n", adam[early]);
  std::string losses = "step\tadam\tmomentum\tsgd\n";
  for (std::size_t step = 0; step <= early; step += 10)
    losses +=
        fmt::format("{}\t{:.1e}\t{:.1e}\t{:.1e}\n", step, adam[step], momentum[step], plain[step]);
  keep("spirals_loss.tsv", losses);
  const auto rounded = [](double v, double unit) { return std::round(v / unit) * unit; };
  keep("spirals.json", nlohmann::json{{"sgd", rounded(plain[early], 0.01)},
                                      {"momentum", rounded(momentum[early], 0.01)},
                                      {"adam", rounded(adam[early], 0.001)}}
                               .dump(1) +
                           "\n");
}
