#include "expect.hpp"

#include "autograd/base/error.hpp"
#include "autograd/tape.hpp"
#include "nn/recurrent/gru_cell.hpp"

using namespace tapestry;

namespace {

double squashed(double x) { return 1 / (1 + std::exp(-x)); }

} // namespace

STEP("one unit, by hand") {
  const Var x = constant(zeros({1, 1})), w_ih = constant(zeros({3, 1}));
  const Var h = constant(full({1, 1}, 2));
  const Var w_hh = constant(reshaped({0.3, -0.4, 0.6}, {3, 1}));
  const double r = squashed(0.5 + 0.3 * 2), z = squashed(1 - 0.4 * 2);
  const double n = std::tanh(-0.5 + 0.6 * r * 2);
  expect_equal("h' for w_hh = (0.3, -0.4, 0.6), b_ih = (0.5, 1, -0.5), h = 2",
               cho_gru_cell(x, h, w_ih, w_hh, constant({0.5, 1, -0.5}), Var{}).item(),
               (1 - z) * n + z * 2);
}

STEP("the reset gate comes before the product") {
  // r is (1, 0) and z is 0, so h' = n. Unit 1 listens to unit 2, which is reset, and hears nothing.
  const Var x = constant(zeros({1, 1})), h = constant({{0.1, 0.9}});
  const Var w_ih = constant(zeros({6, 1}));
  const Var w_hh = constant({{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 1}, {1, 0}});
  const Var b_ih = constant({60, -60, -60, -60, 0, 0});
  expect_equal("h' = (0, tanh(0.1))", cho_gru_cell(x, h, w_ih, w_hh, b_ih, Var{}).value(),
               {{0, std::tanh(0.1)}});
}

STEP("the state's biases") {
  const Var x = constant(zeros({1, 1})), w = constant(zeros({3, 1}));
  const double z = squashed(0.7), n = std::tanh(0.4);
  expect_equal(
      "h' for b_hh = (-1, 0.7, 0.4) and h = 2; b_hn is not reset",
      cho_gru_cell(x, constant(full({1, 1}, 2)), w, w, Var{}, constant({-1, 0.7, 0.4})).item(),
      (1 - z) * n + z * 2);
}

STEP("wrong shapes") {
  // The input's part is as wide as w_ih has rows: 12 for a state of 4.
  const auto step = [](std::size_t rows, std::size_t batch) {
    return [=] {
      const auto zero = [](const Shape& s) { return constant(zeros(s)); };
      cho_gru_cell(zero({batch, 3}), zero({2, 4}), zero({rows, 3}), zero({12, 4}), Var{}, Var{});
    };
  };
  const char* words = "expected (B, 3H) x (B, H)";
  expect_error<ShapeError>("an input's part of 15 columns for a state of 4", step(15, 2), words);
  expect_error<ShapeError>("an input of 1 row for a state of 2", step(12, 1), words);
}

STEP("the gradient") {
  expect_gradients("a step of (2, 3) -> (2, 4)",
                   [](const Var& x, const Var& h, const Var& w_ih, const Var& w_hh, const Var& b_ih,
                      const Var& b_hh) { return cho_gru_cell(x, h, w_ih, w_hh, b_ih, b_hh); },
                   {random({2, 3}, 1), random({2, 4}, 2), random({12, 3}, 3), random({12, 4}, 4),
                    random({12}, 5), random({12}, 6)});
}

STEP("a use: with the reset gates open, the two forms are one") {
  Tensor b_ih = random({12}, 5);
  for (std::size_t i = 0; i < 4; ++i) b_ih(i) = 60;
  const Var x = constant(random({2, 3}, 1)), h = constant(random({2, 4}, 2));
  const Var w_ih = constant(random({12, 3}, 3)), w_hh = constant(random({12, 4}, 4));
  const Var b_hh = constant(random({12}, 6));
  expect_equal("h', against gru_cell", cho_gru_cell(x, h, w_ih, w_hh, constant(b_ih), b_hh).value(),
               gru_cell(x, h, w_ih, w_hh, constant(b_ih), b_hh).value());
}
