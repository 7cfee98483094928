#include "expect.hpp"

#include "autograd/base/error.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/recurrent/lstm_cell.hpp"

using namespace tapestry;

namespace {

double squashed(double x) { return 1 / (1 + std::exp(-x)); }

// One unit without weights: the gates get (0.5, 1, -0.5, 0.25) and their peepholes.
LSTMState one_unit(const Tensor& peephole) {
  const Var zero = constant(zeros({1, 1})), c = constant(full({1, 1}, 2));
  const Var w = constant(zeros({4, 1})), bias = constant({0.5, 1, -0.5, 0.25});
  return peephole_lstm_cell(zero, {zero, c}, w, w, bias, Var{},
                            constant(reshaped(peephole, {3, 1})));
}

const double g = std::tanh(-0.5);

} // namespace

STEP("the input gate sees the cell before") {
  expect_equal("c' for c = 2 and peepholes (0.3, 0, 0)", one_unit({0.3, 0, 0}).c.item(),
               squashed(1) * 2 + squashed(0.5 + 0.3 * 2) * g);
}

STEP("so does the forget gate") {
  expect_equal("c' for c = 2 and peepholes (0, -0.7, 0)", one_unit({0, -0.7, 0}).c.item(),
               squashed(1 - 0.7 * 2) * 2 + squashed(0.5) * g);
}

STEP("the output gate sees the cell after") {
  const double next = squashed(1) * 2 + squashed(0.5) * g;
  expect_equal("h' for c = 2 and peepholes (0, 0, 0.9)", one_unit({0, 0, 0.9}).h.item(),
               squashed(0.25 + 0.9 * next) * std::tanh(next));
}

STEP("a peephole of the wrong shape") {
  expect_error<ShapeError>(
      "a matrix (4, 3) for 4 units",
      [] {
        const Var x = constant(zeros({2, 3})), h = constant(zeros({2, 4}));
        peephole_lstm_cell(x, {h, h}, constant(zeros({16, 3})), constant(zeros({16, 4})), Var{},
                           Var{}, constant(zeros({4, 3})));
      },
      "(4, 3) x (2, 4): expected (3, H) x (B, H)");
}

STEP("a cell of the wrong width") {
  expect_error<ShapeError>(
      "gates for 4 units, a cell of 3",
      [] {
        peephole_lstm_cell(constant(zeros({2, 3})),
                           {constant(zeros({2, 4})), constant(zeros({2, 3}))},
                           constant(zeros({16, 3})), constant(zeros({16, 4})), Var{}, Var{},
                           constant(zeros({3, 3})));
      },
      "expected (B, 4H) x (B, H)");
}

STEP("the gradient") {
  expect_gradients("a step of (2, 3) -> (2, 4)",
                   [](const Var& x, const Var& h, const Var& c, const Var& w_ih, const Var& w_hh,
                      const Var& b, const Var& p) {
                     const LSTMState next = peephole_lstm_cell(x, {h, c}, w_ih, w_hh, b, Var{}, p);
                     return concatenate({next.h, next.c});
                   },
                   {random({2, 3}, 1), random({2, 4}, 2), random({2, 4}, 3), random({16, 3}, 4),
                    random({16, 4}, 5), random({16}, 6), random({3, 4}, 7)});
}

STEP("a use: without peepholes it is the plain cell") {
  const Var x = constant(random({2, 3}, 1)), h = constant(random({2, 4}, 2));
  const Var w_ih = constant(random({16, 3}, 3)), w_hh = constant(random({16, 4}, 4));
  const Var b_ih = constant(random({16}, 5)), b_hh = constant(random({16}, 6));
  expect_equal(
      "h' with peepholes of 0, against lstm_cell",
      peephole_lstm_cell(x, {h, h}, w_ih, w_hh, b_ih, b_hh, constant(zeros({3, 4}))).h.value(),
      lstm_cell(x, {h, h}, w_ih, w_hh, b_ih, b_hh).h.value());
}
