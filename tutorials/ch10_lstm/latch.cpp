// An LSTM of one unit whose weights were chosen by hand: it stores a bit, keeps it and shows it.
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/recurrent/lstm_cell.hpp"

using namespace tapestry;

namespace {

struct Step {
  real value, store, show;
};

constexpr std::array<Step, 10> steps{{{-1, 0, 0}, // nothing is stored yet
                                      {+1, 1, 0}, // store +1
                                      {-1, 0, 0},
                                      {-1, 0, 0},
                                      {-1, 0, 1}, // show
                                      {+1, 0, 0},
                                      {-1, 1, 0}, // store -1 in its place
                                      {+1, 0, 0},
                                      {+1, 0, 1}, // show
                                      {+1, 0, 0}}};

//> weights
// Columns: value, store, show. Rows: i, f, g, o.
const Var w_ih = constant({{0, 20, 0},   // i: open when `store` is on
                           {0, -20, 0},  // f: shut just then
                           {5, 0, 0},    // g: the value
                           {0, 0, 20}}); // o: open when `show` is on
const Var bias = constant({-10, 10, 0, -10});
//< weights
const Var w_hh = constant(zeros({4, 1}));

// Two decimals, and no -0.
real rounded(real x) { return std::round(100 * x) / 100 + 0; }

real squashed(real x) { return 1 / (1 + std::exp(-x)); }

// The tape of one step, from the gates on, as a picture: with f = sigmoid(3), and back from c'.
void draw_a_step() {
  const Var gates = variable({{0, 3, 1, 0}}, "gates"), c = variable(ones({1, 1}), "c");
  Tape tape;
  const LSTMState next = lstm_gates(gates, c);
  tape.backward(next.c);
  fmt::print("\nFrom the gates to the next state: {} records\n", tape.size());
  keep("step.dot", tape.to_dot());
}

} // namespace

int main() {
  fmt::print(" t   value store show      i     f     g     o        c      h\n");
  //> run
  LSTMState state{constant(zeros({1, 1})), constant(zeros({1, 1}))};
  for (std::size_t t = 0; t < steps.size(); ++t) {
    const auto [value, store, show] = steps[t];
    const Var x = constant({{value, store, show}});
    state = lstm_cell(x, state, w_ih, w_hh, bias, Var{});
    //< run
    // w_hh is 0: the gates see the input alone.
    const auto gate = [&, value = value, store = store, show = show](std::size_t k) {
      const Tensor& w = w_ih.value();
      return w(k, 0) * value + w(k, 1) * store + w(k, 2) * show + bias.value()(k);
    };
    fmt::print(
        "{:>2} {:>7} {:>5} {:>4}   {:>5.2f} {:>5.2f} {:>5.2f} {:>5.2f}   {:>6.2f} {:>6.2f}\n", t,
        value, store, show, squashed(gate(0)), squashed(gate(1)), std::tanh(gate(2)),
        squashed(gate(3)), rounded(state.c.item()), rounded(state.h.item()));
  }
  draw_a_step();
}
