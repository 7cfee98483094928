#include "expect.hpp"

#include "nn/training/optimizer.hpp"

using namespace tapestry;

static void set_gradient(const Parameter& p, const std::vector<double>& entries) {
  p.zero_grad();
  std::copy(entries.begin(), entries.end(), p.grad().data());
}

STEP("one plain step") {
  Parameter w("w", {1, 2});
  nn::SGD sgd({w}, {.lr = 0.1});
  set_gradient(w, {10, -20});
  sgd.step();
  expect_equal("w = (1, 2) after a step of 0.1 against (10, -20)", w.value(), {0, 4});
}

STEP("momentum over three steps") {
  Parameter w("w", {0, 0});
  nn::SGD sgd({w}, {.lr = 0.1, .momentum = 0.5});
  for (double g : {1.0, 2.0, 4.0}) {
    set_gradient(w, {g, -g});
    sgd.step();
  }
  // v = 1, 2.5, 5.25
  expect_equal("w after gradients 1, 2, 4 with lr 0.1 and momentum 0.5", w.value(),
               {-0.875, 0.875});
}

STEP("a new learning rate acts at once") {
  Parameter w("w", {0, 0});
  nn::SGD sgd({w}, {.lr = 0.1, .momentum = 0.5});
  set_gradient(w, {1, 1});
  sgd.step();
  sgd.lr = 1;
  set_gradient(w, {0, 1});
  sgd.step();
  expect_equal("w when lr goes from 0.1 to 1", w.value(), {-0.6, -1.6});
}

STEP("nesterov") {
  Parameter w("w", {0, 0});
  nn::SGD sgd({w}, {.lr = 0.1, .momentum = 0.5, .nesterov = true});
  for (double g : {1.0, 2.0}) {
    set_gradient(w, {g, -g});
    sgd.step();
  }
  // v = 1, 2.5; steps of 1 + 0.5, 2 + 1.25
  expect_equal("w after gradients 1, 2", w.value(), {-0.475, 0.475});
}

STEP("dampening, but not of the first gradient") {
  Parameter w("w", {0, 0});
  nn::SGD sgd({w}, {.lr = 0.1, .momentum = 0.5, .dampening = 0.25});
  for (double g : {1.0, 2.0}) {
    set_gradient(w, {g, -g});
    sgd.step();
  }
  // v = 1, 0.5 + 1.5
  expect_equal("w after gradients 1, 2 with dampening 0.25", w.value(), {-0.3, 0.3});
}

STEP("weight decay, and a parameter without a gradient") {
  Parameter w("w", {1, 2}), still("still", {5});
  nn::SGD sgd({w, still}, {.lr = 0.1, .weight_decay = 0.5});
  set_gradient(w, {1, 1});
  sgd.step();
  expect_equal("w = (1, 2), decay 0.5, gradient 1", w.value(), {0.85, 1.8});
  expect_equal("the parameter without a gradient", still.value(), {5});
}

STEP("a use: the bottom of a long valley") {
  Parameter w("w", {10, 1});
  nn::SGD sgd({w}, {.lr = 0.02, .momentum = 0.9});
  for (int step = 0; step < 300; ++step) {
    set_gradient(w, {w.value().data()[0], 20 * w.value().data()[1]});
    sgd.step();
  }
  expect_equal("w after 300 steps on x^2 / 2 + 10 y^2", w.value() + Tensor{1, 1}, {1, 1}, 1e-3);
}
