#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"
#include "nn/recurrent/bidirectional.hpp"
#include "nn/recurrent/gru.hpp"

using namespace tapestry;

STEP("sequences of one length") {
  const Var x = constant({{1, 4}, {2, 5}, {3, 6}});
  expect_equal("lengths 3, 3", reverse_sequences(x, {3, 3}).value(), {{3, 6}, {2, 5}, {1, 4}});
}

STEP("ragged sequences") {
  const Var x = constant({{1, 4, 6}, {2, 5, -1}, {3, -1, -1}});
  expect_equal("lengths 3, 2, 1; padding is -1", reverse_sequences(x, {3, 2, 1}).value(),
               {{3, 5, 6}, {2, 4, -1}, {1, -1, -1}});
}

STEP("steps of two entries") {
  const Var x = constant({{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}); // (2, 2, 2)
  expect_equal("lengths 2, 1", reverse_sequences(x, {2, 1}).value(),
               {{{5, 6}, {3, 4}}, {{1, 2}, {7, 8}}});
}

STEP("where the gradient goes") {
  const Var x = variable({{1, 4}, {2, 5}, {3, 0}}, "x");
  Tape tape;
  tape.backward(reverse_sequences(x, {3, 2}), {{10, 40}, {20, 50}, {30, 60}});
  expect_equal("lengths 3, 2", x.grad(), {{30, 50}, {20, 40}, {10, 60}});
}

STEP("the gradient") {
  expect_gradients("lengths 2, 4, 1",
                   [](const Var& x) {
                     return reverse_sequences(x, {2, 4, 1});
                   },
                   {random({4, 3, 2}, 1)});
}

STEP("a use: a GRU from the other end") {
  Rng rng(1);
  nn::GRU gru({.input_size = 2, .hidden_size = 3}, rng);
  expect_gradients("there and back, lengths 4, 2",
                   [&](const Var& x) {
                     const Var back = gru(reverse_sequences(x, {4, 2})).output;
                     return reverse_sequences(back, {4, 2});
                   },
                   {random({4, 2, 2}, 2)});
}
