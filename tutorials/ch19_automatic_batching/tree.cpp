// The tree LSTM: one node by hand, a chain as a tree, the order of children, and a tree as a
// recursion whose parts run together.
#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "autograd/batching/together.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/random.hpp"
#include "keep.hpp"
#include "nn/embedding.hpp"
#include "nn/recurrent/lstm_cell.hpp"
#include "nn/recurrent/tree_lstm.hpp"
#include "text/corpora/arithmetic.hpp"

using namespace tapestry;

namespace {

double largest(const Tensor& a, const Tensor& b) {
  double d = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    d = std::max(d, static_cast<double>(std::abs(a.data()[i] - b.data()[i])));
  return d;
}

Var row_of(double x) { return constant(full({1, 1}, static_cast<real>(x))); } // (1, 1)

// Blocks i, o, u, f of a tree LSTM as i, f, g, o of an LSTM. w: (4H, ...) -> (4H, ...)
Var in_lstm_order(const Var& w, std::size_t h) {
  const auto block = [&](std::size_t k) { return slice(w, 0, k * h, (k + 1) * h); };
  return concatenate({block(0), block(3), block(2), block(1)}, 0);
}

// 0 to 9: a digit; 10, 11, 12: an operation.
int word_of(const ArithmeticNode& node) {
  return node.kind == ArithmeticKind::digit ? node.digit : 9 + static_cast<int>(node.kind);
}

//> recursion
// The state of node i. Its arguments are parts of the example, and join whoever waits.
LSTMState state_of(const ArithmeticTree& tree, std::size_t i, const nn::Embedding& embed,
                   const nn::ChildSumTreeLSTM& cell) {
  const ArithmeticNode& node = tree.nodes[i];
  const int word =
      node.kind == ArithmeticKind::digit ? node.digit : 9 + static_cast<int>(node.kind);
  const Var x = embed(ids_from(std::vector<int>{word})); // (1, E): the digit or the operation
  const std::vector<LSTMState> arguments = run_together(node.arguments.size(), [&](std::size_t k) {
    return state_of(tree, node.arguments[k], embed, cell);
  });
  return cell(x, arguments);
}
//< recursion

//> tree-loop
LSTMState state_by_loop(const ArithmeticTree& tree, const nn::Embedding& embed,
                        const nn::ChildSumTreeLSTM& cell) {
  std::vector<LSTMState> states;
  for (const ArithmeticNode& node : tree.nodes) { // arguments come first
    std::vector<LSTMState> arguments;
    for (const std::size_t k : node.arguments) arguments.push_back(states[k]);
    states.push_back(cell(embed(ids_from(std::vector<int>{word_of(node)})), arguments));
  }
  return states.back();
}
//< tree-loop

//> tree-levels
// No recursion: all nodes of one height are parts that run together, from the leaves upwards.
LSTMState state_by_levels(const ArithmeticTree& tree, const nn::Embedding& embed,
                          const nn::ChildSumTreeLSTM& cell) {
  std::vector<LSTMState> states(tree.nodes.size());
  for (const std::vector<std::size_t>& level : tree.levels())
    run_each_together(level.size(), [&](std::size_t part) {
      const ArithmeticNode& node = tree.nodes[level[part]];
      std::vector<LSTMState> arguments;
      for (const std::size_t k : node.arguments) arguments.push_back(states[k]);
      states[level[part]] = cell(embed(ids_from(std::vector<int>{word_of(node)})), arguments);
    });
  return states.back();
}
//< tree-levels

} // namespace

int main() {
  Rng rng(1);
  fmt::print("One node of two children, by hand:\n");
  {
    // One unit: no input, and weights of 1, but for the bias of f.
    const ChildSumWeights w{constant(zeros({4, 1})), constant(Tensor{0, 0, 0, 1}),
                            constant(ones({3, 1})), constant(ones({1, 1}))};
    const LSTMState children[] = {{row_of(0.5), row_of(2)}, {row_of(-1), row_of(-1)}};
    const LSTMState node = child_sum_cell(row_of(0), children, w);
    const auto squashed = [](double a) { return 1 / (1 + std::exp(-a)); };
    const double sum = 0.5 - 1, i = squashed(sum), o = squashed(sum), u = std::tanh(sum);
    const double f0 = squashed(1 + 0.5), f1 = squashed(1 - 1.0);
    const double c = i * u + f0 * 2 + f1 * -1;
    fmt::print("  sum {:.4f}  i {:.4f}  o {:.4f}  u {:.4f}\n", sum, i, o, u);
    fmt::print("  f of the first {:.4f}, of the second {:.4f}\n", f0, f1);
    fmt::print("  c {:.4f}, by the library {:.4f}\n", c, node.c.item());
    fmt::print("  h {:.4f}, by the library {:.4f}\n", o * std::tanh(c), node.h.item());
  }

  fmt::print("\nA chain is a tree whose nodes have one child:\n");
  {
    constexpr std::size_t inputs = 3, hidden = 4;
    const nn::NaryTreeLSTM cell({.input_size = inputs, .hidden_size = hidden, .children = 1}, rng);
    const nn::ChildSumTreeLSTM sum({.input_size = inputs, .hidden_size = hidden}, rng);
    const auto walk = [&](const auto& tree, const Var& to_state) {
      const Var w_ih = in_lstm_order(tree.weight, hidden), bias = in_lstm_order(tree.bias, hidden);
      const Var zero = constant(zeros({1, hidden}));
      LSTMState along{zero, zero}, up{zero, zero};
      double most = 0;
      for (int t = 0; t < 20; ++t) {
        const Var x = constant(normal({1, inputs}, 0, 1, rng));
        along = lstm_cell(x, along, w_ih, in_lstm_order(to_state, hidden), bias, Var{});
        const LSTMState below[] = {up};
        up = tree(x, below);
        most = std::max(
            {most, largest(along.h.value(), up.h.value()), largest(along.c.value(), up.c.value())});
      }
      return most;
    };
    fmt::print("  largest difference from lstm_cell, 20 steps\n");
    fmt::print("    N-ary, N = 1   {:.12f}\n", walk(cell, cell.state));
    fmt::print("    child-sum      {:.12f}\n", walk(sum, concatenate({sum.state, sum.forget}, 0)));
  }

  fmt::print("\nTwo children in the other order:\n");
  {
    const nn::ChildSumTreeLSTM sum({.input_size = 2, .hidden_size = 4}, rng);
    const nn::NaryTreeLSTM nary({.input_size = 2, .hidden_size = 4}, rng);
    const auto draw = [&] { return constant(normal({1, 4}, 0, 1, rng)); };
    const LSTMState a{draw(), draw()}, b{draw(), draw()};
    const LSTMState there[] = {a, b}, back[] = {b, a};
    const Var x = constant(normal({1, 2}, 0, 1, rng));
    fmt::print("  child-sum      {:.4f}\n",
               largest(sum(x, there).h.value(), sum(x, back).h.value()));
    fmt::print("  N-ary          {:.4f}\n",
               largest(nary(x, there).h.value(), nary(x, back).h.value()));
  }

  fmt::print("\nOperators for a node of two children:\n");
  {
    const nn::NaryTreeLSTM layer({.input_size = 2, .hidden_size = 4}, rng);
    const Var x = constant(zeros({1, 2})), state = constant(zeros({1, 4}));
    const LSTMState children[] = {{state, state}, {state, state}};
    const auto count = [&](const char* name, const auto& node) {
      TogetherCounts c;
      run_together(2, [&](std::size_t) { return node().h; }, {.counts = &c});
      fmt::print("  {:<18}{:>3}\n", name, c.operators / 2); // of one example
    };
    count("nary_cell", [&] {
      return nary_cell(x, children, {layer.weight, layer.bias, layer.state});
    });
    count("nn::NaryTreeLSTM", [&] { return layer(x, children); });
  }

  fmt::print("\nSixteen trees of depth 5:\n");
  {
    const nn::Embedding embed({.num_embeddings = 13, .embedding_dim = 4}, rng);
    const nn::ChildSumTreeLSTM cell({.input_size = 4, .hidden_size = 4}, rng);
    std::vector<ArithmeticTree> trees;
    std::size_t nodes = 0;
    for (int i = 0; i < 16; ++i) {
      trees.push_back(draw_arithmetic({.depth = 5}, rng));
      nodes += trees.back().nodes.size();
    }
    std::vector<std::vector<Var>> roots;
    std::vector<std::size_t> calls;
    fmt::print("  {} nodes\n  {:<26}{:>10}{:>8}\n", nodes, "", "operators", "calls");
    const auto row = [&](const char* name, const auto& state) {
      TogetherCounts c;
      roots.push_back(run_together(trees.size(), [&](std::size_t i) { return state(trees[i]).h; },
                                   {.counts = &c}));
      calls.push_back(c.calls + c.alone);
      fmt::print("  {:<26}{:>10}{:>8}\n", name, c.operators, calls.back());
    };
    row("a loop over the nodes",
        [&](const ArithmeticTree& t) { return state_by_loop(t, embed, cell); });
    row("a recursion, in parts",
        [&](const ArithmeticTree& t) { return state_of(t, t.nodes.size() - 1, embed, cell); });
    row("level by level, in parts",
        [&](const ArithmeticTree& t) { return state_by_levels(t, embed, cell); });
    double most = 0;
    for (std::size_t i = 0; i < trees.size(); ++i)
      for (const std::vector<Var>& other : {roots[1], roots[2]})
        most = std::max(most, largest(roots[0][i].value(), other[i].value()));
    fmt::print("  largest difference {:.12f}\n", most);
    keep("tree.json",
         fmt::format("{{\"nodes\": {}, \"loop\": {}, \"recursion\": {}, \"levels\": {}}}\n", nodes,
                     calls[0], calls[1], calls[2]));
  }
}
