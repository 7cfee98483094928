// Two spirals: a network of 1185 numbers learns to tell them apart; what it thinks of the plane.
#include <string>
#include <vector>

#include <fmt/format.h>

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
template <class Look> void train(const Spirals& data, Look look) {
  //> train
  Rng rng(1);
  Mlp model(rng);
  nn::Adam optimizer(model.parameters(), {.lr = 0.01});
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

// The share of points on the right side of 0, of those at a distance from the middle.
double right_between(double from, double to, const Var& logits, const Spirals& s) {
  std::size_t right = 0, all = 0;
  for (std::size_t i = 0; i < s.t.size(); ++i) {
    const double radius = static_cast<double>(std::hypot(s.x(i, 0), s.x(i, 1)));
    if (radius < from || radius >= to) continue;
    ++all, right += (logits.value()(i, 0) > 0) == (s.t(i, 0) > 0);
  }
  return static_cast<double>(right) / static_cast<double>(all);
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
  fmt::print("  {:>5} {:>11.4g} {:>11.4g}\n", lr, lr * squares,
             static_cast<double>(before.item() - loss().item()));
}

} // namespace

int main() {
  const Spirals data = two_spirals();
  std::string points = "x\ty\tt\n";
  for (std::size_t i = 0; i < 194; ++i)
    points += fmt::format("{:.3f}\t{:.3f}\t{}\n", data.x(i, 0), data.x(i, 1), data.t(i, 0));
  keep("spirals_points.tsv", points);

  fmt::print("The loss falls in the first step by\n     lr    lr |g|^2    measured\n");
  for (double lr : {0.01, 0.1, 1.0, 10.0}) show_first_step(data, lr);

  fmt::print("\n{:>6} {:>8} {:>8}\n", "step", "loss", "right");
  std::string pictures;
  std::vector<double> losses;
  std::string by_radius;
  train(data, [&](std::size_t step, const Var& loss, const Var& logits, const Mlp& model) {
    losses.push_back(static_cast<double>(loss.item()));
    if (step != 0 && step != 100 && step != 200 && step != 300 && step != 400 && step != steps)
      return;
    fmt::print("{:>6} {:>8.3f} {:>8.3f}\n", step, loss.item(), share_right(logits, data.t));
    by_radius +=
        fmt::format("{:>6} {:>9.2f} {:>9.2f} {:>9.2f}\n", step, right_between(0, 2.5, logits, data),
                    right_between(2.5, 4.5, logits, data), right_between(4.5, 7, logits, data));
    pictures += picture(model);
  });
  keep("spirals_pictures.tsv", pictures);
  fmt::print("\nThe share that is right, by the distance from the middle:\n");
  fmt::print("{:>6} {:>9} {:>9} {:>9}\n{}", "step", "below 2.5", "to 4.5", "above", by_radius);

  Spirals moved = data;
  moved.x *= real(1 + 1e-6);
  std::vector<double> shaken;
  train(moved, [&](std::size_t, const Var& loss, const Var&, const Mlp&) {
    shaken.push_back(static_cast<double>(loss.item()));
  });
  fmt::print("\nAll points moved by one part in a million:\n  {:>4} {:>10} {:>10}\n", "step",
             "loss", "moved");
  for (std::size_t step : {0, 200, 400, 600})
    fmt::print("  {:>4} {:>10.6f} {:>10.6f}\n", step, losses[step], shaken[step]);
}
