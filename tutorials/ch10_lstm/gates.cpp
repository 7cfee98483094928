// Trains an LSTM of two units to be a memory with the commands store and show, and looks at its
// gates.
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "autograd/operators/functions.hpp"
#include "keep.hpp"
#include "memory_task.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t steps = 40, hidden = 2;

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

void look(const nn::LSTM& net, const nn::Linear& head, double error) {
  const Tensor x = example();
  LSTMState state = net.zero_state(1);
  // Of the first unit: its cell after the second `store` and at the end, its gates in between.
  double stored = 0, shown = 0, quiet_i = 0, quiet_f = 0;
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
      if (u == 0 && t == 30) quiet_i = i, quiet_f = f;
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
  keep("gates.json",
       fmt::format("{{\"stored\": {:.2f}, \"shown\": {:.2f}, \"quiet\": {{\"i\": {:.2f}, \"f\": "
                   "{:.2f}}}, \"error\": {:.4f}}}\n",
                   stored, shown, quiet_i, quiet_f, error));
}

} // namespace

int main() {
  Rng rng(1);
  Memory net(hidden, rng);
  const std::vector<double> losses = train(net, {}, rng);
  for (std::size_t step : {250u, 500u, 750u, 1000u})
    fmt::print("step {:>4}: mean square error {:.4f}\n", step, losses[step - 1]);
  double error = 0; // of the last 50 steps
  for (std::size_t i = 950; i < 1000; ++i) error += losses[i] / 50;
  look(net.lstm, net.head, error);
}
