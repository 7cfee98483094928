// One Elman cell reads b, a, n: every number of three steps.
#include <string>

#include <fmt/ranges.h>

#include "banana.hpp"
#include "keep.hpp"
#include "matrices.hpp"
#include "nn/recurrent/elman_cell.hpp"

using namespace tapestry;

namespace {

std::string text(const Tensor& x) {
  std::string numbers;
  for (real v : x) numbers += fmt::format("{:>6.2f}", v);
  return numbers;
}

// A matrix of the figure, with column `filled` filled.
std::string table(const char* name, const char* title, const Tensor& x, std::size_t filled = 9) {
  std::string rows;
  for (std::size_t i = 0; i < x.shape()[0]; ++i) {
    rows += "<tr>";
    for (std::size_t j = 0; j < x.shape()[1]; ++j)
      rows += fmt::format("<td{}>{:g}</td>", j == filled ? " bgcolor=\"#000001\"" : "",
                          std::round(x(i, j) * 100) / 100);
    rows += "</tr>";
  }
  return fmt::format("  {} [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" "
                     "cellpadding=\"5\">{}<tr><td border=\"0\" colspan=\"9\">{}</td></tr>"
                     "</table>>];\n",
                     name, rows, title);
}

} // namespace

int main() {
  //> weights
  const Var w_ih = constant({{0.5, -1.0, 1.0, 0.0},     // (H, I): two units, and a column
                             {1.0, 0.5, -0.5, 0.0}});   // for each of b, a, n and .
  const Var w_hh = constant({{0.5, -0.5}, {0.5, 0.5}}); // (H, H)
  const Var b_ih = constant({0.1, 0.0});                // (H)
  const Var b_hh = constant({0.0, -0.1});               // (H)
  //< weights

  fmt::print("t  letter  one-hot   W_ih x + b_ih   W_hh h + b_hh        sum         h = tanh\n");
  const auto show = [&](std::size_t t, char letter, const Var& x_t, const Var& before,
                        const Var& after) {
    const Tensor from_input = affine(x_t, w_ih, b_ih).value();
    const Tensor from_state = affine(before, w_hh, b_hh).value();
    const Tensor sum = from_input + from_state;
    const Tensor bias = reshaped(b_ih.value() + b_hh.value(), {1, 2});
    fmt::print("{}  {}       {}   {}    {}    {}    {}\n", t, letter, fmt::join(x_t.value(), " "),
               text(from_input), text(from_state), text(sum), text(after.value()));
    if (t == 2)
      keep("cell.dot",
           "digraph cell {\n  rankdir=LR;\n  nodesep=0.2;\n  ranksep=0.25;\n"
           "  node [shape=plain];\n  edge [arrowsize=0.6];\n" +
               table("x", "x (a)", flipped(x_t.value())) + table("w", "W_ih", w_ih.value(), 1) +
               table("h", "h before", flipped(before.value())) + table("u", "W_hh", w_hh.value()) +
               table("b", "b_ih + b_hh", flipped(bias)) + table("s", "sum", flipped(sum)) +
               table("n", "h after", flipped(after.value())) +
               "  x -> w -> s;\n  h -> u -> s;\n  b -> s;\n  s -> n [label=\" tanh\"];\n}\n");
  };
  //> steps
  const std::string word = "ban";
  const Tensor x = one_hot(word);  // (T, B, I)
  Var h = constant(zeros({1, 2})); // (B, H), before the first letter
  for (std::size_t t = 0; t < word.size(); ++t) {
    const Var x_t = constant(at(x, t)); // (B, I)
    const Var next = elman_cell(x_t, h, w_ih, w_hh, b_ih, b_hh);
    show(t + 1, word[t], x_t, h, next);
    h = next;
  }
  //< steps

  fmt::print("\na again and again:\n");
  h = constant(zeros({1, 2}));
  for (std::size_t t = 1; t <= 12; ++t) {
    h = elman_cell(constant(at(one_hot("a"), 0)), h, w_ih, w_hh, b_ih, b_hh);
    if (t < 5 || t > 10)
      fmt::print("  {:>2}  {:>8.4f}{:>8.4f}\n", t, h.value()(0, 0), h.value()(0, 1));
  }
}
