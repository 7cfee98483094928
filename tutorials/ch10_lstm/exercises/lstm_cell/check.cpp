#include "expect.hpp"

#include "autograd/base/error.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/recurrent/lstm_cell.hpp"

using namespace tapestry;

static double squashed(double x) { return 1 / (1 + std::exp(-x)); }

STEP("the cell of one unit, by hand") {
  const LSTMState next = lstm_gates(constant({{0.5, 1, -0.5, 0.25}}), constant(full({1, 1}, 2)));
  const double c = squashed(1) * 2 + squashed(0.5) * std::tanh(-0.5);
  expect_equal("c' = f c + i g for gates (0.5, 1, -0.5, 0.25) and c = 2", next.c.item(), c);
}

STEP("what it shows") {
  const LSTMState next = lstm_gates(constant({{0.5, 1, -0.5, 0.25}}), constant(full({1, 1}, 2)));
  const double c = squashed(1) * 2 + squashed(0.5) * std::tanh(-0.5);
  expect_equal("h' = o tanh(c') for gates (0.5, 1, -0.5, 0.25) and c = 2", next.h.item(),
               squashed(0.25) * std::tanh(c));
}

STEP("each unit has its own gates") {
  const Tensor gates{{1, -1, 2, -2, 3, -3, 0.5, -0.5}, {0, 0, 1, 1, -1, 2, 0.1, 0.2}};
  const Tensor c{{0.5, -0.5}, {1, 2}};
  Tensor wanted = zeros({2, 2});
  for (std::size_t b = 0; b < 2; ++b)
    for (std::size_t u = 0; u < 2; ++u)
      wanted(b, u) =
          squashed(gates(b, 2 + u)) * c(b, u) + squashed(gates(b, u)) * std::tanh(gates(b, 4 + u));
  expect_equal("c' of two rows of two units", lstm_gates(constant(gates), constant(c)).c.value(),
               wanted);
}

STEP("the gates come from the input and the state") {
  // One unit. a = w_ih x + b_ih + w_hh h + b_hh = (0.5, 1, -0.5, 0.25), as above.
  const Var x = constant({{1, 2}}), h = constant(full({1, 1}, 3)), c = constant(full({1, 1}, 2));
  const LSTMState next = lstm_cell(x, {h, c}, constant({{0.1, 0}, {0, 0.1}, {0.1, 0.1}, {0, 0}}),
                                   constant(reshaped({0.1, 0.1, -0.3, 0}, {4, 1})),
                                   constant({0.1, 0.2, 0, 0.25}), constant({0, 0.3, 0.1, 0}));
  const double new_c = squashed(1) * 2 + squashed(0.5) * std::tanh(-0.5);
  expect_equal("c'", next.c.item(), new_c);
  expect_equal("h'", next.h.item(), squashed(0.25) * std::tanh(new_c));
}

STEP("no biases, and a wrong shape") {
  const Var x = constant(random({2, 3}, 1)), h = constant(random({2, 4}, 2));
  const Var w_ih = constant(random({16, 3}, 3)), w_hh = constant(random({16, 4}, 4));
  const Var none = constant(zeros({16}));
  expect_equal("h' without biases, against biases of 0",
               lstm_cell(x, {h, h}, w_ih, w_hh, Var{}, Var{}).h.value(),
               lstm_cell(x, {h, h}, w_ih, w_hh, none, none).h.value());
  expect_error<ShapeError>(
      "a cell of 3 units for gates of 4",
      [&] {
        lstm_gates(constant(zeros({2, 16})), constant(zeros({2, 3})));
      },
      "expected (B, 4H) x (B, H)");
}

STEP("the gradient") {
  expect_gradients(
      "a step of (2, 3) -> (2, 4)",
      [](const Var& x, const Var& h, const Var& c, const Var& w_ih, const Var& w_hh, const Var& b) {
        const LSTMState next = lstm_cell(x, {h, c}, w_ih, w_hh, b, Var{});
        return concatenate({next.h, next.c});
      },
      {random({2, 3}, 1), random({2, 4}, 2), random({2, 4}, 3), random({16, 3}, 4),
       random({16, 4}, 5), random({16}, 6)});
}

STEP("a use: a memory of one unit") {
  const Var w_ih = constant({{0, 20, 0}, {0, -20, 0}, {5, 0, 0}, {0, 0, 20}});
  const Var w_hh = constant(zeros({4, 1})), bias = constant({-10, 10, 0, -10});
  // value, store, show
  const Tensor steps{{1, 1, 0}, {-1, 0, 0}, {-1, 0, 1}, {-1, 1, 0}, {1, 0, 0}, {1, 0, 1}};
  LSTMState state{constant(zeros({1, 1})), constant(zeros({1, 1}))};
  std::vector<double> shown;
  for (std::size_t t = 0; t < 6; ++t) {
    const Var x = constant({{steps(t, 0), steps(t, 1), steps(t, 2)}});
    state = lstm_cell(x, state, w_ih, w_hh, bias, Var{});
    shown.push_back(state.h.item());
  }
  expect_equal("what is shown after store 1, noise, show, store -1, noise, show",
               tensor({6}, shown), {0, 0, 0.7616, 0, 0, -0.7616}, 1e-3);
}
