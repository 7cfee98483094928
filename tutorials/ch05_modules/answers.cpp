// The answers to the chapter's questions under Break it.
#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/tape.hpp"
#include "nn/init.hpp"
#include "nn/training/optimizer.hpp"
#include "two_spirals.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t steps = 1000;

// The loss after 1000 steps, or the largest of the last 100.
template <class Optimizer, class Options> double loss_after(const Options& options, bool forget) {
  const Spirals data = two_spirals();
  Rng rng(1);
  Mlp model(rng);
  Optimizer optimizer(model.parameters(), options);
  double last = 0;
  for (std::size_t step = 0; step <= steps; ++step) {
    if (!forget) optimizer.zero_grad();
    Tape tape;
    const Var logits = model(constant(data.x));
    const Var loss = binary_cross_entropy(logits, constant(data.t));
    tape.backward(loss);
    last = static_cast<double>(loss.item());
    optimizer.step();
  }
  return last;
}

template <class Optimizer, class Options>
void show_forgotten(const char* name, const Options& options) {
  fmt::print("  {:<24}{:>8.2g}{:>14.2g}\n", name, loss_after<Optimizer>(options, false),
             loss_after<Optimizer>(options, true));
}

// As Mlp, but its second layer expects 16 numbers.
struct Narrow : nn::Module {
  explicit Narrow(Rng& rng) : fc1({2, 32}, rng), fc2({16, 32}, rng) {}
  Var operator()(const Operand& x) const { return fc2(tanh(fc1(x))); }
  void visit(nn::Visitor& v) override {
    v("fc1", fc1);
    v("fc2", fc2);
  }
  nn::Linear fc1, fc2;
};

double rms(const Tensor& x) {
  double squares = 0;
  for (real v : x) squares += static_cast<double>(v) * static_cast<double>(v);
  return std::sqrt(squares / static_cast<double>(x.size()));
}

// What 30 layers of 256 with |y| for an activation make of values of size 1.
template <class Init> double through_layers_of_abs(Init init) {
  Rng rng(1);
  Var h = constant(normal({64, 256}, 0, 1, rng));
  for (int layer = 0; layer < 30; ++layer) {
    const Parameter weight("weight", init({256, 256}, rng));
    const Var y = linear(h, weight);
    h = abs(y);
  }
  return rms(h.value());
}

// Steps of momentum from (-10, 1) until the way left stays below a thousandth, where the valley is
// `across` times as steep across as along.
std::size_t steps_down(double across, double lr, double m) {
  double x = -10, y = 1, vx = 0, vy = 0;
  const double start = std::hypot(x, y);
  std::size_t last = 0;
  for (std::size_t step = 1; step <= 1000; ++step) {
    vx = m * vx + x, vy = m * vy + across * y;
    x -= lr * vx, y -= lr * vy;
    if (std::hypot(x, y) >= start / 1000) last = step;
  }
  return last + 1;
}

} // namespace

int main() {
  using nn::SGD, nn::SGDOptions, nn::Adam, nn::AdamOptions;
  fmt::print("The loss after {} steps:\n  {:<24}{:>8}{:>14}\n", steps, "", "cleared",
             "not cleared");
  show_forgotten<SGD>("SGD, lr 0.3", SGDOptions{.lr = 0.3});
  show_forgotten<SGD>("momentum 0.9, lr 0.3", SGDOptions{.lr = 0.3, .momentum = 0.9});
  show_forgotten<Adam>("Adam, lr 0.003", AdamOptions{.lr = 0.003});

  fmt::print("\nA layer that expects 16:\n");
  Rng rng(1);
  const Narrow narrow(rng);
  try {
    narrow(constant(zeros({194, 2})));
  } catch (const ShapeError& e) {
    fmt::print("  {}\n", std::string(e.what()).substr(0, 76));
  }

  fmt::print("\nAdam with a learning rate of 1: a loss of {:.2g}\n",
             loss_after<Adam>(AdamOptions{.lr = 1}, false));

  fmt::print("\nThirty layers of |y|:\n");
  const auto pytorch = [](const Shape& s, Rng& r) { return fan_uniform(s, s[1], r); };
  fmt::print("  fan_uniform      {:.0e}\n", through_layers_of_abs(pytorch));
  fmt::print("  xavier_uniform   {:.0e}\n", through_layers_of_abs(xavier_uniform));
  fmt::print("  kaiming_uniform  {:.0e}\n", through_layers_of_abs(kaiming_uniform));

  fmt::print("\nA valley of 100: lr {:.3f}, momentum {:.3f}, {} steps; the best plain rate, {}\n",
             std::pow(2.0 / 11, 2), std::pow(9.0 / 11, 2),
             steps_down(100, std::pow(2.0 / 11, 2), std::pow(9.0 / 11, 2)),
             steps_down(100, 2.0 / 101, 0));
}
