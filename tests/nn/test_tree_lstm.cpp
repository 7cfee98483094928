// Tree LSTM cells: against their equations, and by finite differences. In double.
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cmath>

#include "autograd/base/error.hpp"
#include "autograd/batching/together.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/recurrent/tree_lstm.hpp"
#include "nn/tree_step.hpp"
#include "tests/nn/check.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::testing {
namespace {

constexpr std::size_t tree_inputs = 3, tree_hidden = 2;

Tensor tree_draw(const Shape& shape, std::uint64_t seed) {
  Rng rng(seed);
  return normal(shape, 0, 1, rng);
}

double logistic_of(double x) { return 1 / (1 + std::exp(-x)); }

// The sum of row r of w times v.
double row_times(const Tensor& w, std::size_t r, const std::vector<double>& v) {
  double sum = 0;
  for (std::size_t j = 0; j < v.size(); ++j) sum += w(r, j) * v[j];
  return sum;
}

std::vector<double> entries_of(const Tensor& x) { return {x.begin(), x.end()}; }

std::vector<LSTMState> tree_children(std::size_t n) {
  std::vector<LSTMState> all;
  for (std::size_t k = 0; k < n; ++k)
    all.push_back({constant(tree_draw({1, tree_hidden}, 10 + k)),
                   constant(tree_draw({1, tree_hidden}, 20 + k))});
  return all;
}

} // namespace

BOOST_AUTO_TEST_SUITE(tree_lstm_cells)

// Equations 2 to 8 of the paper, number by number.
BOOST_AUTO_TEST_CASE(child_sum_is_the_papers) {
  Rng rng(1);
  const nn::ChildSumTreeLSTM cell({.input_size = tree_inputs, .hidden_size = tree_hidden}, rng);
  const Var x = constant(tree_draw({1, tree_inputs}, 2));
  const std::vector<double> in = entries_of(x.value());
  for (const std::size_t n : {0u, 1u, 3u}) {
    const auto children = tree_children(n);
    const LSTMState y = cell(x, children);
    std::vector<double> sum(tree_hidden, 0);
    for (const LSTMState& child : children)
      for (std::size_t j = 0; j < tree_hidden; ++j) sum[j] += child.h.value()(0, j);
    const std::size_t h = tree_hidden;
    for (std::size_t j = 0; j < h; ++j) {
      const auto read = [&](std::size_t gate) {
        return row_times(cell.weight.value(), gate * h + j, in) + cell.bias.value()(gate * h + j);
      };
      const auto sent = [&](std::size_t gate) {
        return row_times(cell.state.value(), gate * h + j, sum);
      };
      double c = logistic_of(read(0) + sent(0)) * std::tanh(read(2) + sent(2));
      for (const LSTMState& child : children)
        c += logistic_of(read(3) + row_times(cell.forget.value(), j, entries_of(child.h.value()))) *
             child.c.value()(0, j);
      BOOST_TEST(std::abs(y.c.value()(0, j) - c) < same_in_double);
      const double shown = logistic_of(read(1) + sent(1)) * std::tanh(c);
      BOOST_TEST(std::abs(y.h.value()(0, j) - shown) < same_in_double);
    }
  }
}

// Equations 9 to 14.
BOOST_AUTO_TEST_CASE(nary_is_the_papers) {
  Rng rng(1);
  const nn::NaryTreeLSTM cell(
      {.input_size = tree_inputs, .hidden_size = tree_hidden, .children = 3}, rng);
  const Var x = constant(tree_draw({1, tree_inputs}, 2));
  const std::vector<double> in = entries_of(x.value());
  for (const std::size_t n : {0u, 3u}) {
    const auto children = tree_children(n);
    const LSTMState y = cell(x, children);
    std::vector<double> states;
    for (const LSTMState& child : children)
      for (std::size_t j = 0; j < tree_hidden; ++j) states.push_back(child.h.value()(0, j));
    const std::size_t h = tree_hidden;
    for (std::size_t j = 0; j < h; ++j) {
      const auto read = [&](std::size_t gate) {
        return row_times(cell.weight.value(), gate * h + j, in) + cell.bias.value()(gate * h + j);
      };
      const auto sent = [&](std::size_t gate) {
        return row_times(cell.state.value(), gate * h + j, states);
      };
      double c = logistic_of(read(0) + sent(0)) * std::tanh(read(2) + sent(2));
      for (std::size_t k = 0; k < n; ++k)
        c += logistic_of(read(3) + sent(3 + k)) * children[k].c.value()(0, j);
      BOOST_TEST(std::abs(y.c.value()(0, j) - c) < same_in_double);
      const double shown = logistic_of(read(1) + sent(1)) * std::tanh(c);
      BOOST_TEST(std::abs(y.h.value()(0, j) - shown) < same_in_double);
    }
  }
  BOOST_CHECK_EXCEPTION(cell(x, tree_children(2)), std::invalid_argument, [](const auto& e) {
    return std::string(e.what()).find("2 children, expected 3 or none") != std::string::npos;
  });
}

// The layer's two operators against the cell that is made of many, values and gradients, for rows
// that one core computes and for more. What reads nothing is as if it read zeros.
BOOST_DATA_TEST_CASE(the_fused_step_is_the_cell, boost::unit_test::data::make({4, 1000}), rows) {
  const auto batch = static_cast<std::size_t>(rows);
  Rng rng(1);
  nn::NaryTreeLSTM layer({.input_size = tree_inputs, .hidden_size = 9, .children = 2}, rng);
  const auto draw = [](const Shape& shape, std::uint64_t seed, const char* name) {
    return variable(tree_draw(shape, seed), name);
  };
  const Var x = draw({batch, tree_inputs}, 1, "x");
  const LSTMState children[] = {{draw({batch, 9}, 2, "h0"), draw({batch, 9}, 3, "c0")},
                                {draw({batch, 9}, 4, "h1"), draw({batch, 9}, 5, "c1")}};
  const auto run = [&](const auto& f) { // values, then all gradients
    std::vector<Var> all{x};
    for (const LSTMState& child : children) all.push_back(child.h), all.push_back(child.c);
    for (const Parameter& p : layer.parameters()) all.push_back(p);
    for (const Var& v : all) v.zero_grad();
    Tape tape;
    const LSTMState y = f();
    const Var both = concatenate({y.h, y.c}, 1);
    tape.backward(both, tree_draw(both.shape(), 6));
    std::vector<Tensor> numbers{both.value()};
    for (const Var& v : all) numbers.push_back(v.grad());
    return numbers;
  };
  const auto same = [&](const auto& fused, const auto& composed) {
    const std::vector<Tensor> a = run(fused), b = run(composed);
    for (std::size_t k = 0; k < a.size(); ++k)
      for (std::size_t j = 0; j < a[k].size(); ++j)
        BOOST_TEST(std::abs(a[k].data()[j] - b[k].data()[j]) < same_in_double);
  };
  const NaryWeights w{layer.weight, layer.bias, layer.state};
  same([&] { return layer(x, children); }, [&] { return nary_cell(x, children, w); });
  same([&] { return layer(x, {}); }, [&] { return nary_cell(x, {}, w); });
  const Var nothing = constant(zeros({batch, tree_inputs}));
  same([&] { return layer(Var{}, children); }, [&] { return nary_cell(nothing, children, w); });
}

// Nodes of several examples, leaves and others, with one row and with two: equal to one by one, and
// an example waits once for a node.
BOOST_AUTO_TEST_CASE(nodes_run_together) {
  Rng rng(1);
  nn::NaryTreeLSTM layer({.input_size = tree_inputs, .hidden_size = tree_hidden}, rng);
  const auto draw = [](std::size_t rows, std::size_t columns, std::size_t seed) {
    return constant(tree_draw({rows, columns}, seed));
  };
  const auto loss = [&](std::size_t i) {
    const std::size_t rows = 1 + i % 2;
    const LSTMState leaf = layer(draw(rows, tree_inputs, i), {});
    const LSTMState other{draw(rows, tree_hidden, 10 + i), draw(rows, tree_hidden, 20 + i)};
    const LSTMState below[] = {leaf, other}, above[] = {other, layer(Var{}, below)};
    const LSTMState root = layer(draw(rows, tree_inputs, 30 + i), above);
    return concatenate({root.h, root.c}, 1);
  };
  constexpr std::size_t examples = 6;
  const auto gradients = [&](const auto& outputs) {
    for (const Parameter& p : layer.parameters()) p.zero_grad();
    Tape tape;
    const std::vector<Var> all = outputs();
    const Var joined = concatenate(all, 0);
    tape.backward(joined, tree_draw(joined.shape(), 6));
    std::vector<Tensor> numbers{joined.value()};
    for (const Parameter& p : layer.parameters()) numbers.push_back(p.grad());
    return numbers;
  };
  TogetherCounts counts;
  const auto together =
      gradients([&] { return run_together(examples, loss, {.counts = &counts}); });
  const auto alone = gradients([&] {
    std::vector<Var> all;
    for (std::size_t i = 0; i < examples; ++i) all.push_back(loss(i));
    return all;
  });
  for (std::size_t k = 0; k < alone.size(); ++k)
    BOOST_TEST(difference(together[k], alone[k]) < same_in_double);
  BOOST_TEST(counts.operators == 4 * examples); // three nodes, and the concatenate
  BOOST_TEST(counts.calls == 4);
  BOOST_TEST(counts.alone == 0);

  const auto wrong = [&](std::size_t i) { // of one example
    const LSTMState low{draw(1, tree_hidden, 1), draw(i == 4 ? 2 : 1, tree_hidden, 2)};
    const LSTMState children[] = {low, low};
    return layer(Var{}, children).h;
  };
  BOOST_CHECK_EXCEPTION(run_together(examples, wrong), ShapeError, [](const ShapeError& e) {
    const std::string text = e.what();
    BOOST_TEST_INFO(text);
    return text.starts_with("example 4: ") && text.find("expected a cell (1, 2)") < text.size();
  });
}

BOOST_AUTO_TEST_CASE(what_a_fused_step_refuses) {
  const Var read = constant(zeros({2, 8})), sent = constant(zeros({2, 10})),
            cell = constant(zeros({2, 2}));
  const auto refuses = [](const auto& f, const std::string& says) {
    BOOST_CHECK_EXCEPTION(f(), ShapeError, [&](const ShapeError& e) {
      BOOST_TEST_INFO(e.what());
      return std::string(e.what()).find(says) != std::string::npos;
    });
  };
  const std::vector<Var> one{cell}, two{cell, cell}, wide{constant(zeros({2, 3}))};
  refuses([&] { tree_cell(constant(zeros({2, 7})), Var{}, {}); }, "expected (B, 4H)");
  refuses([&] { tree_cell(constant(zeros({8})), Var{}, {}); }, "expected (B, 4H)");
  refuses([&] { tree_cell(read, sent, one); }, "expected of 1 children (2, 8)");
  refuses([&] { tree_cell(read, Var{}, two); }, "expected of 2 children (2, 10)");
  refuses([&] { tree_cell(read, constant(zeros({2, 8})), wide); }, "expected a cell (2, 2)");
  refuses([&] { tree_output(read, sent, wide[0]); }, "expected a cell (2, 2)");
  refuses([&] { tree_output(read, cell, cell); }, "expected of 1 children (2, 8)");
}

BOOST_AUTO_TEST_CASE(gradients_of_tree_cells) {
  Rng rng(1);
  nn::ChildSumTreeLSTM sum({.input_size = tree_inputs, .hidden_size = tree_hidden}, rng);
  nn::NaryTreeLSTM nary({.input_size = tree_inputs, .hidden_size = tree_hidden}, rng);
  const auto both = [](const auto& cell) {
    return [&cell](const std::vector<Var>& in) {
      const LSTMState children[] = {{in[1], in[2]}, {in[3], in[4]}};
      const LSTMState y = cell(in[0], children);
      return concatenate({y.h, y.c}, 1);
    };
  };
  const Shape state{1, tree_hidden};
  const std::vector<GradcheckInput> inputs = {{tree_draw({1, tree_inputs}, 2), "x"},
                                              {tree_draw(state, 3), "h0"},
                                              {tree_draw(state, 4), "c0"},
                                              {tree_draw(state, 5), "h1"},
                                              {tree_draw(state, 6), "c1"}};
  check_gradients(both(sum), inputs, sum.parameters());
  check_gradients(both(nary), inputs, nary.parameters());
  const auto unread = [&nary](const std::vector<Var>& in) {
    const LSTMState children[] = {{in[0], in[1]}, {in[2], in[3]}};
    const LSTMState y = nary(Var{}, children);
    return concatenate({y.h, y.c}, 1);
  };
  check_gradients(unread, {inputs.begin() + 1, inputs.end()}, {nary.bias, nary.state});
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tapestry::inline TAPESTRY_PRECISION::testing
