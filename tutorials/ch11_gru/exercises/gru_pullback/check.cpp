#include "expect.hpp"

#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/recurrent/gru.hpp"

using namespace tapestry;

namespace {

double squashed(double x) { return 1 / (1 + std::exp(-x)); }

// One unit whose gates are chosen by its biases alone: r, z, n from the input's (0.5, 1, -0.5), and
// 0.7 from the state beside n. h = 2, and the gradient of h' is 1.
struct OneUnit {
  nn::GRU net;
  Var h = variable(full({1, 1, 1}, 2), "h");

  static nn::GRU made(double clip) {
    Rng rng(1);
    return {{.input_size = 1, .hidden_size = 1, .gradient_clip = clip}, rng};
  }
  explicit OneUnit(double clip = 0) : net(made(clip)) {
    nn::RecurrentWeights& w = net.weights();
    w.weight_ih.value() = zeros({3, 1});
    w.weight_hh.value() = zeros({3, 1});
    w.bias_ih.value() = Tensor{0.5, 1, -0.5};
    w.bias_hh.value() = Tensor{0, 0, 0.7};
    Tape tape;
    const auto [output, state] = net(constant(zeros({1, 1, 1})), h);
    tape.backward(output, ones({1, 1, 1}));
  }
  Tensor input_part() { return net.weights().bias_ih.grad(); }
  Tensor state_part() { return net.weights().bias_hh.grad(); }
};

const double r = squashed(0.5), z = squashed(1), p = 0.7, n = std::tanh(-0.5 + r * p);
const double dn = (1 - z) * (1 - n * n), dz = (2 - n) * z * (1 - z), dr = dn * p * r * (1 - r);

} // namespace

STEP("the gradients of the input's part") {
  OneUnit unit;
  expect_equal("r, z, n for a gradient of 1", unit.input_part(), {dr, dz, dn});
}

STEP("the gradients of the state's part") {
  OneUnit unit;
  expect_equal("r, z, p for a gradient of 1", unit.state_part(), {dr, dz, dn * r});
}

STEP("the state's gradient, past the products") {
  OneUnit unit;
  expect_equal("dh where w_hh is 0", unit.h.grad(), full({1, 1, 1}, z));
}

STEP("the bound on the gates' gradients") {
  OneUnit unit(0.1);
  expect_equal("r, z, n, clipped at 0.1", unit.input_part(), {0.1 * p * r * (1 - r), 0.1, 0.1});
  expect_equal("r, z, p, clipped at 0.1", unit.state_part(), {0.1 * p * r * (1 - r), 0.1, 0.1 * r});
}

STEP("the bound on what reaches the state") {
  // The state's parts get back to h through weights: 1 for z, then 1 for r, then 1 for p.
  for (std::size_t k : {1u, 0u, 2u}) {
    nn::GRU net = OneUnit::made(0.1);
    nn::RecurrentWeights& w = net.weights();
    w.weight_ih.value() = zeros({3, 1});
    w.weight_hh.value() = zeros({3, 1});
    w.weight_hh.value()(k, 0) = 1;
    // With 20 beside n, dr is beyond the bound even where dn is clipped; a keeps n away from 1.
    const double at[] = {0.5 + 2 * (k == 0), 1 + 2.0 * (k == 1), 20 + 2.0 * (k == 2)};
    const double open = squashed(at[0]), keep = squashed(at[1]), a = -0.3 - open * at[2];
    w.bias_ih.value() = Tensor{0.5, 1, a};
    w.bias_hh.value() = Tensor{0, 0, 20};
    const Var h = variable(full({1, 1, 1}, 2), "h");
    Tape tape;
    const auto [output, state] = net(constant(zeros({1, 1, 1})), h);
    tape.backward(output, full({1, 1, 1}, 10));
    const double part = k == 2 ? 0.1 * open : 0.1;
    expect_equal(k == 1   ? "dh where only z reads h, for a gradient of 10"
                 : k == 0 ? "dh where only r reads h, for a gradient of 10"
                          : "dh where only p reads h, for a gradient of 10",
                 h.grad(), full({1, 1, 1}, 10 * keep + part));
  }
}

STEP("the gradient") {
  Rng rng(1);
  const nn::GRU net({.input_size = 3, .hidden_size = 2}, rng);
  expect_gradients("four steps, from a state",
                   [&](const Var& x, const Var& h) { return net(x, h).output; },
                   {random({4, 3, 3}, 1), random({1, 3, 2}, 2)});
}

STEP("a use: as the composed cell in a loop") {
  Rng rng(2);
  nn::GRU net({.input_size = 3, .hidden_size = 4}, rng);
  const nn::RecurrentWeights& w = net.weights();
  const Tensor x = random({5, 2, 3}, 1), seed = random({5, 2, 4}, 2);
  const auto gradient = [&](const auto& run) {
    for (const Parameter& parameter : net.parameters()) parameter.zero_grad();
    Tape tape;
    tape.backward(run(constant(x)), seed);
    return Tensor(w.weight_hh.grad());
  };
  const Tensor composed = gradient([&](const Var& in) {
    Var h = constant(zeros({2, 4}));
    std::vector<Var> shown;
    for (std::size_t t = 0; t < 5; ++t) {
      h = gru_cell(select(in, 0, t), h, w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh);
      shown.push_back(h);
    }
    return stack(shown);
  });
  expect_equal("the gradient of weight_hh_l0",
               gradient([&](const Var& in) { return net(in).output; }), composed);
}
