// A timer of one unit, by hand: with peepholes it fires again and again, without them never.
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
}
