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
