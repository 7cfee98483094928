// A timer of one unit, by hand: with peepholes it fires again and again, silent in between; a plain
// unit counts too, but cannot be silent.
#include <fmt/format.h>

#include "nn/recurrent/lstm_cell.hpp"

using namespace tapestry;

namespace {

//> timer
// No input and no recurrent weights: the cell is all that the gates can go by. It grows by 0.25 a
// step (i is 1, g is 0.25). Above 1.1 the output gate opens; one step later, the forget gate shuts.
const Var bias = constant({10, 44, 0.2554128, -44});           // i, f, g, o
const Var peephole = constant(reshaped({0, -40, 40}, {3, 1})); // i, f, o
//< timer

//> plain
// A plain unit that counts too: its output gate stands half open, so h tells the forget gate,
// through w_hh, how full the cell is. Above 0.41 the forget gate shuts.
const Var plain_bias = constant({10, 82, 0.2554128, 0}); // i, f, g, o
const Var plain_w_hh = constant(reshaped({0, -200, 0, 0}, {4, 1}));
//< plain

void run_plain() {
  const Var x = constant(zeros({1, 1})), w_ih = constant(zeros({4, 1}));
  LSTMState state{constant(zeros({1, 1})), constant(zeros({1, 1}))};
  fmt::print("A plain unit, half open:\n  c ");
  std::string shown = "  h ";
  for (std::size_t t = 0; t < 14; ++t) {
    state = lstm_cell(x, state, w_ih, plain_w_hh, plain_bias, Var{});
    fmt::print("{:>5.2f}", state.c.item());
    shown += fmt::format("{:>5.2f}", state.h.item());
  }
  fmt::print("\n{}\n\n", shown);
}

void run(const char* title, const Var& p) {
  const Var x = constant(zeros({1, 1})), w = constant(zeros({4, 1}));
  LSTMState state{constant(zeros({1, 1})), constant(zeros({1, 1}))};
  fmt::print("{}\n  c ", title);
  std::string shown = "  h ";
  for (std::size_t t = 0; t < 14; ++t) {
    state = peephole_lstm_cell(x, state, w, w, bias, Var{}, p);
    fmt::print("{:>5.2f}", state.c.item());
    shown += fmt::format("{:>5.2f}", state.h.item());
  }
  fmt::print("\n{}\n\n", shown);
}

} // namespace

int main() {
  run("With peepholes:", peephole);
  run("Without:", constant(zeros({3, 1})));
  run_plain();
}
