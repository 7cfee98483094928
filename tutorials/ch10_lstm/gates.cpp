// Trains an LSTM of two units to be a memory with the commands store and show, and looks at its
// gates.
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/training/optimizer.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t steps = 40, batch = 12, hidden = 2; // so small a batch runs on one thread

//> task
// x: (T, B, 3), value, store, show. The value is +1 or -1 in every step, and noise unless `store`
// is on. answer: (T, B, 1), in a step with `show` on the value that was stored last, else 0.
struct Task {
  Tensor x, answer;
};

Task draw(Rng& rng) {
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
//< task

//> look
// The gates of one step, (1, 4H): what lstm_cell computes on its way.
Var gates_of(const nn::RecurrentWeights& w, const Var& x, const Var& h) {
  const Var from_input = affine(x, w.weight_ih, w.bias_ih);
  const Var from_state = affine(h, w.weight_hh, w.bias_hh);
  return from_input + from_state;
}
//< look

// A sequence that no draw has shown: +1 is stored in step 4 and shown in steps 12 and 20; -1 is
// stored in step 22 and shown in step 38.
Tensor example() {
  Rng rng(11);
  Tensor x = zeros({steps, 3});
  for (std::size_t t = 0; t < steps; ++t) x(t, 0) = rng.chance(0.5) ? 1 : -1;
  x(4, 0) = 1, x(22, 0) = -1;
  x(4, 1) = x(22, 1) = 1;
  x(12, 2) = x(20, 2) = x(38, 2) = 1;
  return x;
}

void look(const nn::LSTM& net, const nn::Linear& head) {
  const Tensor x = example();
  LSTMState state = net.zero_state(1);
  real stored = 0, shown = 0; // the first unit's cell after the second `store`, and at the end
  std::string tsv = "t\tvalue\tstore\tshow\tanswer";
  for (std::size_t u = 0; u < hidden; ++u) tsv += fmt::format("\ti{0}\tf{0}\tg{0}\to{0}\tc{0}", u);
  tsv += "\n";
  fmt::print("\n{:19}|        unit 1         |        unit 2         |\n"
             " t value store show |   i    f    o     c   |   i    f    o     c   | answer\n",
             "");
  for (std::size_t t = 0; t < steps; ++t) {
    const Var input = constant({{x(t, 0), x(t, 1), x(t, 2)}});
    const Var a = gates_of(net.weights(), input, state.h);
    const Tensor open = sigmoid(a).value(), proposed = tanh(a).value();
    state = net.step(input, state);
    const double answer = std::round(10 * head(state.h).item()) / 10 + 0.0; // + 0.0: no -0
    std::string line;
    tsv += fmt::format("{}\t{}\t{}\t{}\t{:.1f}", t, x(t, 0), x(t, 1), x(t, 2), answer);
    for (std::size_t u = 0; u < hidden; ++u) {
      const double i = open(0, u), f = open(0, hidden + u), g = proposed(0, 2 * hidden + u),
                   o = open(0, 3 * hidden + u), c = state.c.value()(0, u);
      tsv += fmt::format("\t{:.2f}\t{:.2f}\t{:.2f}\t{:.2f}\t{:.2f}", i, f, g, o, c);
      line += fmt::format(" | {:.2f} {:.2f} {:.2f} {:>5.2f}", i, f, o, c);
    }
    tsv += "\n";
    if (t == 23) stored = state.c.value()(0, 0);
    if (t == 38) shown = state.c.value()(0, 0);
    if (t < 6 || (t > 10 && t < 14) || (t > 18 && t < 25) || t > 36)
      fmt::print("{:>2} {:>5} {:>5} {:>4}{} | {:>6.1f}\n", t, x(t, 0), x(t, 1), x(t, 2), line,
                 answer);
  }
  keep("gates.tsv", tsv);
  keep("gates.json", fmt::format("{{\"stored\": {:.2f}, \"shown\": {:.2f}}}\n", stored, shown));
}

} // namespace

int main() {
  Rng rng(1);
  nn::LSTM net({.input_size = 3, .hidden_size = hidden}, rng);
  std::fill_n(net.weights().bias_ih.value().data() + hidden, hidden, real{3}); // remember at first
  nn::Linear head({.in_features = hidden, .out_features = 1}, rng);
  std::vector<Parameter> parameters = net.parameters();
  for (const Parameter& p : head.parameters()) parameters.push_back(p);
  nn::Adam adam(parameters, {.lr = 0.02});
  for (std::size_t step = 1; step <= 1000; ++step) {
    const Task task = draw(rng);
    adam.zero_grad();
    Tape tape;
    const auto [output, state] = net(constant(task.x));
    const Var loss = mse_loss(head(output), constant(task.answer));
    tape.backward(loss);
    nn::clip_grad_norm(parameters, 1);
    adam.step();
    if (step % 250 == 0) fmt::print("step {:>4}: mean square error {:.4f}\n", step, loss.item());
  }
  look(net, head);
}
