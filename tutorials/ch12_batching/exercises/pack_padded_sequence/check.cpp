#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"
#include "nn/linear.hpp"
#include "nn/sequences/packed_sequence.hpp"

using namespace tapestry;

STEP("rows of one entry") {
  const Var x = constant({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
  expect_equal("lengths 3, 2, 1", pack_padded_sequence(x, {3, 2, 1}).data.value(),
               {1, 2, 3, 4, 5, 7});
}

STEP("rows of two entries, in any order") {
  const Var x = constant({{{1, 2}, {3, 4}}, {{0, 0}, {5, 6}}}); // (2, 2, 2)
  const PackedSequence p = pack_padded_sequence(x, {1, 2}, {.enforce_sorted = false});
  expect_equal("lengths 1, 2", p.data.value(), {{3, 4}, {1, 2}, {5, 6}});
}

STEP("where the gradient goes") {
  const Var x = variable({{1, 2}, {0, 3}, {0, 4}}, "x");
  Tape tape;
  tape.backward(pack_padded_sequence(x, {1, 3}, {.enforce_sorted = false}).data, {10, 20, 30, 40});
  expect_equal("lengths 1, 3: rows 2 1 3 4 got 10 20 30 40", x.grad(),
               {{20, 10}, {0, 30}, {0, 40}});
}

STEP("the gradient") {
  for (const bool batch_first : {false, true})
    expect_gradients(
        batch_first ? "batch_first" : "lengths 4, 4, 2 and a bias beside them",
        [&](const Var& x, const Var& bias) {
          const Var rows = pack_padded_sequence(x, {4, 4, 2}, {.batch_first = batch_first}).data;
          return rows + bias;
        },
        {batch_first ? random({3, 4, 2}, 1) : random({4, 3, 2}, 1), random({2}, 2)});
}

STEP("a use: a layer row by row") {
  Rng rng(1);
  nn::Linear linear({.in_features = 2, .out_features = 3}, rng);
  expect_gradients(
      "tanh of a linear layer over packed rows",
      [&](const Var& x) {
        const PackedSequence p = pack_padded_sequence(x, {2, 4, 1}, {.enforce_sorted = false});
        return tanh(linear(p).data);
      },
      {random({4, 3, 2}, 3)});
}
