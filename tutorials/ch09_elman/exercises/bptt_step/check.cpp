#include <cmath>

#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"
#include "nn/recurrent/elman_sequence.hpp"

using namespace tapestry;

// x: (T, B, I), w: (H, I), u: (H, H), start: (1, B, H) -> (T, B, H)
static Var sequence(const Var& x, const Var& w, const Var& u, const Var& start,
                    Nonlinearity f = Nonlinearity::tanh, double bound = 0) {
  SequenceInput in{.x = x,
                   .steps = {x.shape()[0], x.shape()[1]},
                   .directions = {{w, u}},
                   .h = start,
                   .gradient_clip = bound};
  return elman_sequence(in, f).output;
}

// x itself; what comes back is cut to -bound .. bound.
static Var cut(const Var& x, double bound) {
  const real most = static_cast<real>(bound);
  Var y{x.value()};
  return record("cut", y, {x}, [=] { x.grad() += xt::clip(y.grad(), -most, most); });
}

// The same with a cell for each step, where a cut stands before the nonlinearity.
static Var cells(const Var& x, const Var& w, const Var& u, Nonlinearity f, double bound) {
  Var h = constant(zeros({x.shape()[1], w.shape()[0]}));
  std::vector<Var> all;
  for (std::size_t t = 0; t < x.shape()[0]; ++t) {
    const Var sum = affine(select(x, 0, t), w, Var{}) + affine(h, u, Var{});
    const Var clipped = cut(sum, bound);
    h = f == Nonlinearity::tanh ? tanh(clipped) : relu(clipped);
    all.push_back(h);
  }
  return stack(all);
}

static const Tensor w{{0.5, -1.0, 0.25}, {1.0, 0.5, -0.5}}, u{{0.5, -0.75}, {0.25, 1.0}};

STEP("by hand: one step, one unit") {
  // h = tanh(0.5); 2 arrives
  const Var x = variable(tensor({1, 1, 1}, {0.5}), "x");
  Tape tape;
  const Var y = sequence(x, constant(ones({1, 1})), constant(full({1, 1}, 3)), Var{});
  tape.backward(y, tensor({1, 1, 1}, {2}));
  const double h = std::tanh(0.5);
  expect_equal("2 (1 - h^2)", x.grad(), tensor({1, 1, 1}, {2 * (1 - h * h)}));
}

STEP("by hand: two steps, one unit") {
  // only the second output is asked, and the first input gets its gradient through the state
  const Var x = variable(tensor({2, 1, 1}, {0.5, 0.25}), "x");
  Tape tape;
  const Var y = sequence(x, constant(ones({1, 1})), constant(full({1, 1}, 3)), Var{});
  tape.backward(y, tensor({2, 1, 1}, {0, 1}));
  const double h1 = std::tanh(0.5), h2 = std::tanh(0.25 + 3 * h1);
  const double dz2 = 1 - h2 * h2, dz1 = dz2 * 3 * (1 - h1 * h1);
  expect_equal("dz_1 and dz_2", x.grad(), tensor({2, 1, 1}, {dz1, dz2}));
}

STEP("the gradient of the input, over five steps") {
  expect_gradients("elman_sequence by x",
                   [](const Var& x) { return sequence(x, constant(w), constant(u), Var{}); },
                   {random({5, 2, 3}, 1)});
}

STEP("the gradients of weights and first state") {
  expect_gradients("elman_sequence by w, u and the first state",
                   [](const Var& a, const Var& b, const Var& start) {
                     return sequence(constant(random({5, 2, 3}, 1)), a, b, start);
                   },
                   {w, u, random({1, 2, 2}, 2)});
}

STEP("relu") {
  expect_gradients("elman_sequence with relu",
                   [](const Var& x, const Var& a, const Var& b) {
                     return sequence(x, a, b, Var{}, Nonlinearity::relu);
                   },
                   {random({4, 2, 3}, 1), w, u});
}

STEP("clipped in every step") {
  const auto gradient = [](auto f) {
    const Var x = variable(random({6, 2, 3}, 1), "x");
    Tape tape;
    const Var y = f(x);
    tape.backward(y, random({6, 2, 2}, 2));
    return x.grad();
  };
  for (Nonlinearity f : {Nonlinearity::tanh, Nonlinearity::relu})
    expect_equal(
        f == Nonlinearity::tanh ? "the gradient of x, clipped at 0.2" : "the same with relu",
        gradient(
            [&](const Var& x) { return sequence(x, constant(w), constant(u), Var{}, f, 0.2); }),
        gradient([&](const Var& x) { return cells(x, constant(w), constant(u), f, 0.2); }));
}

STEP("a use: a row wider than a register, summed over time") {
  expect_gradients(
      "elman_sequence with 21 units",
      [](const Var& x, const Var& a, const Var& b) { return sum(sequence(x, a, b, Var{}), {0}); },
      {random({3, 2, 4}, 1), Tensor(random({21, 4}, 2) * 0.3), Tensor(random({21, 21}, 3) * 0.2)});
}
