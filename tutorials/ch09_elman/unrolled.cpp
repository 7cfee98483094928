// What the tape holds after 3 and after 30 steps of one cell.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "banana.hpp"
#include "keep.hpp"
#include "matrices.hpp"
#include "nn/recurrent/elman_cell.hpp"

using namespace tapestry;

namespace {

//> unroll
// Reads the text, a letter a step, and is asked for the letter after it.
Var loss_after(const std::string& text, const std::string& next, const nn::RNNCell& cell,
               const Parameter& weight_hy) {
  const Var x = constant(one_hot(text)); // (T, B, I)
  Var h = constant(zeros({1, 3}));       // (B, H)
  for (std::size_t t = 0; t < text.size(); ++t) h = cell(select(x, 0, t), h);
  return cross_entropy(linear(h, weight_hy), numbers_of(next));
}
//< unroll

// The tape drawn small: a column a step, a dot a record, larger where the gradient is; of the
// parameters, weight_hh alone.
std::string drawn_small(const Tape& tape, std::size_t steps, const Var& weight_hh) {
  const std::size_t each = (tape.size() - 2) / steps; // records a step; two belong to the loss
  std::string nodes, edges;
  const auto node = [&](const std::string& name, std::size_t column, double y, double size,
                        int colour) {
    nodes += fmt::format("  {} [pos=\"{:.2f},{:.2f}!\", width={:.2f}, fillcolor=\"#{:06x}\"];\n",
                         name, 0.32 * static_cast<double>(column), 0.4 * y, size, colour);
  };
  node("weight_hh", steps / 2, -3, 0.3, 2);
  std::vector<const Tensor*> outputs; // a variable is known by where its value is
  for (std::size_t i = 0; i < tape.size(); ++i) {
    const Tape::Line line = tape.line(i);
    const bool of_loss = i >= each * steps;
    const double decades = std::log10(norm(line.output.grad()));
    node(fmt::format("n{}", i), of_loss ? steps : i / each,
         static_cast<double>(of_loss ? 1 + i % each : i % each),
         std::clamp(0.26 + 0.025 * decades, 0.04, 0.28), of_loss ? 3 : 1);
    for (const Var& x : line.inputs) {
      const auto from = std::find(outputs.begin(), outputs.end(), &x.value());
      if (from != outputs.end())
        edges += fmt::format("  n{} -> n{};\n", from - outputs.begin(), i);
      else if (&x.value() == &weight_hh.value())
        edges += fmt::format("  weight_hh -> n{};\n", i);
    }
    outputs.push_back(&line.output.value());
  }
  return "digraph tape {\n  layout=neato;\n  outputorder=edgesfirst;\n"
         "  node [shape=circle, style=filled, label=\"\", fixedsize=true, penwidth=0];\n"
         "  edge [arrowsize=0.3, penwidth=0.6];\n" +
         nodes + edges + "}\n";
}

} // namespace

int main() {
  Rng rng(1);
  const nn::RNNCell cell({.input_size = 4, .hidden_size = 3}, rng);
  const Parameter weight_hy("weight_hy", uniform({4, 3}, -1, 1, rng)); // scores for the letters
  {
    Tape tape;
    const Var loss = loss_after("ban", "a", cell, weight_hy);
    tape.backward(loss);
    fmt::print("3 letters: {} records\n", tape.size());
    keep("unrolled_3.dot", tape.to_dot());
  }
  Tape tape;
  const Var loss = loss_after(bananas(30), "n", cell, weight_hy);
  tape.backward(loss);
  fmt::print("30 letters: {} records\n\n", tape.size());
  fmt::print("  state   norm of its gradient\n");
  for (std::size_t t : {30u, 29u, 28u, 25u, 20u, 15u, 10u, 5u, 1u})
    fmt::print("  h_{:<5} {:.0e}\n", t, norm(tape.line(4 * t - 1).output.grad()));
  keep("unrolled_30.dot", drawn_small(tape, 30, cell.weight_hh));
}
