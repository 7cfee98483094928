#include "expect.hpp"

#include "autograd/base/error.hpp"
#include "autograd/tape.hpp"
#include "nn/recurrent/gru_cell.hpp"

using namespace tapestry;

namespace {

double squashed(double x) { return 1 / (1 + std::exp(-x)); }

// One unit with h = 2, whose parts are what the biases say.
double one_unit(const Tensor& input_part, const Tensor& state_part) {
  const Var x = constant(zeros({1, 1})), w = constant(zeros({3, 1}));
  return gru_cell(x, constant(full({1, 1}, 2)), w, w, constant(input_part), constant(state_part))
      .item();
}

} // namespace

STEP("the update gate: old state or proposal") {
  const double z = squashed(0.5), n = std::tanh(0.8);
  expect_equal("h' for z = sigmoid(0.5), n = tanh(0.8), h = 2", one_unit({0, 0.5, 0.8}, {0, 0, 0}),
               (1 - z) * n + z * 2);
}

STEP("r and z get both parts") {
  const double z = squashed(0.5 - 0.9), n = std::tanh(0.8);
  expect_equal("h' for a z of 0.5 from the input and -0.9 from the state",
               one_unit({0, 0.5, 0.8}, {0, -0.9, 0}), (1 - z) * n + z * 2);
}

STEP("the reset gate stands before the state's part, bias and all") {
  const double z = squashed(0), n = std::tanh(0.8 + squashed(-1 + 0.25) * 0.6);
  expect_equal("h' for n = tanh(0.8 + r 0.6), r = sigmoid(-0.75)",
               one_unit({-1, 0, 0.8}, {0.25, 0, 0.6}), (1 - z) * n + z * 2);
}

STEP("two units, with weights") {
  // r is (1, 0) and z is 0, so h' = n. Unit 1 listens to unit 2, unit 2 to unit 1.
  const Var x = constant({{1, 2}}), h = constant({{0.1, 0.9}});
  const Var w_ih = constant({{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0.1, 0}, {0, 0.2}});
  const Var w_hh = constant({{0, 0}, {0, 0}, {0, 0}, {0, 0}, {0, 1}, {1, 0}});
  const Var b_ih = constant({60, -60, -60, -60, 0, 0});
  expect_equal("h' = (tanh(0.1 + 0.9), tanh(0.4))", gru_cell(x, h, w_ih, w_hh, b_ih, Var{}).value(),
               {{std::tanh(1.0), std::tanh(0.4)}});
}

STEP("wrong shapes") {
  // The parts are as wide as the weights have rows: 12 for a state of 4.
  const auto step = [](std::size_t rows_ih, std::size_t rows_hh, std::size_t batch) {
    return [=] {
      const auto zero = [](const Shape& s) { return constant(zeros(s)); };
      gru_cell(zero({batch, 3}), zero({2, 4}), zero({rows_ih, 3}), zero({rows_hh, 4}), Var{},
               Var{});
    };
  };
  const char* words = "expected (B, 3H) x (B, H)";
  expect_error<ShapeError>("an input's part of 9 columns for a state of 4", step(9, 12, 2), words);
  expect_error<ShapeError>("a state's part of 15 columns for a state of 4", step(12, 15, 2), words);
  expect_error<ShapeError>("an input of 1 row for a state of 2", step(12, 12, 1), words);
}

STEP("the gradient") {
  expect_gradients("a step of (2, 3) -> (2, 4)",
                   [](const Var& x, const Var& h, const Var& w_ih, const Var& w_hh, const Var& b_ih,
                      const Var& b_hh) { return gru_cell(x, h, w_ih, w_hh, b_ih, b_hh); },
                   {random({2, 3}, 1), random({2, 4}, 2), random({12, 3}, 3), random({12, 4}, 4),
                    random({12}, 5), random({12}, 6)});
}

STEP("a use: a memory of one unit") {
  const Var w_ih = constant({{0, 0}, {0, -20}, {5, 0}}), w_hh = constant(zeros({3, 1}));
  const Var bias = constant({0, 10, 0});
  const Tensor steps{{1, 1}, {-1, 0}, {1, 0}, {-1, 1}, {1, 0}}; // value, store
  Var h = constant(zeros({1, 1}));
  std::vector<double> held;
  for (std::size_t t = 0; t < 5; ++t) {
    h = gru_cell(constant({{steps(t, 0), steps(t, 1)}}), h, w_ih, w_hh, bias, Var{});
    held.push_back(h.item());
  }
  expect_equal("h after store 1, noise, noise, store -1, noise", tensor({5}, held),
               {1, 1, 1, -1, -1}, 1e-3);
}
