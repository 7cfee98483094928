// The answers to the chapter's last questions: other biases, a reset gate held open, a diagonal
// W_hn, and the LSTM's task. Ten seeds each.
#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/operators/loss.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"
#include "keep.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/training/optimizer.hpp"
#include "task.hpp"

using namespace tapestry;

namespace {

// The task of chapter 10's gates.cpp: with a third input, show, and an answer of 0 without it.
Task draw_silent(Rng& rng) {
  Task task{zeros({steps, batch, 3}), zeros({steps, batch, 1})};
  for (std::size_t b = 0; b < batch; ++b) {
    real stored = 0;
    for (std::size_t t = 0; t < steps; ++t) {
      const real value = rng.chance(0.5) ? 1 : -1;
      const bool store = rng.chance(0.1), show = !store && rng.chance(0.1);
      if (store) stored = value;
      task.x(t, b, 0) = value, task.x(t, b, 1) = store, task.x(t, b, 2) = show;
      task.answer(t, b, 0) = show ? stored : 0;
    }
  }
  return task;
}

struct Setting {
  std::size_t inputs, hidden;
  double bias_r, bias_z;
};

// Trains as gates.cpp does. -> the mean square error of the last 100 steps
double train(const Setting& s, std::uint64_t seed, Task (*task_of)(Rng&)) {
  Rng rng(seed);
  nn::GRU net({.input_size = s.inputs, .hidden_size = s.hidden}, rng);
  Tensor& bias = net.weights().bias_ih.value();
  for (std::size_t i = 0; i < s.hidden; ++i)
    bias(i) += static_cast<real>(s.bias_r), bias(s.hidden + i) = static_cast<real>(s.bias_z);
  nn::Linear head({.in_features = s.hidden, .out_features = 1}, rng);
  std::vector<Parameter> parameters = net.parameters();
  for (const Parameter& p : head.parameters()) parameters.push_back(p);
  nn::Adam adam(parameters, {.lr = 0.02});
  double total = 0;
  for (std::size_t step = 1; step <= 1000; ++step) {
    const Task task = task_of(rng);
    adam.zero_grad();
    Tape tape;
    const auto [output, state] = net(constant(task.x));
    const Var loss = mse_loss(head(output), constant(task.answer));
    tape.backward(loss);
    nn::clip_grad_norm(parameters, 1);
    adam.step();
    if (step > 900) total += loss.item();
  }
  return total / 100;
}

std::string kept;

void row(const char* name, const char* key, const Setting& s, Task (*task_of)(Rng&)) {
  std::vector<double> errors;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) errors.push_back(train(s, seed, task_of));
  std::sort(errors.begin(), errors.end());
  fmt::print("  {:<28} {:>8.3f} {:>8.3f} {:>8.3f}\n", name, errors[0], errors[5], errors[9]);
  kept += fmt::format("{}\"{}\": {:.3f}", kept.empty() ? "" : ", ", key, errors[5]);
}

} // namespace

int main() {
  fmt::print("Mean square error, of ten seeds  {:>7} {:>8} {:>8}\n", "best", "middle", "worst");
  row("bias of z 3", "plus", {2, 1, 0, 3}, draw);
  row("bias of z -3", "minus", {2, 1, 0, -3}, draw);
  row("bias of z 3, r held open", "open", {2, 1, 20, 3}, draw);
  fmt::print("\nWith silence, of ten seeds       {:>7} {:>8} {:>8}\n", "best", "middle", "worst");
  row("1 unit", "one", {3, 1, 0, 3}, draw_silent);
  row("2 units", "two", {3, 2, 0, 3}, draw_silent);
  row("3 units", "three", {3, 3, 0, 3}, draw_silent);
  row("4 units", "four", {3, 4, 0, 3}, draw_silent);

  const auto of = [](auto cell) {
    const Var x = constant(zeros({1, 1})), h = constant({{0.1, 0.9}});
    const Var w_ih = constant(zeros({6, 1}));
    const Var w_hh = constant({{0, 0}, {0, 0}, {0, 0}, {0, 0}, {1, 0}, {0, 1}});
    const Var b_ih = constant({40, -40, -40, -40, 0, 0});
    return cell(x, h, w_ih, w_hh, b_ih, Var{}).value();
  };
  const Tensor after = of([](auto... v) { return gru_cell(v...); });
  const Tensor before = of([](auto... v) { return cho_gru_cell(v...); });
  fmt::print("\nW_hn diagonal: after ({:.3f}, {:.3f}), before ({:.3f}, {:.3f})\n", after(0, 0),
             after(0, 1), before(0, 0), before(0, 1));
  keep("break_it.json", fmt::format("{{{}}}\n", kept));
}
