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
  set_gradient(w, {1, 0});
  sgd.step();
  set_gradient(w, {2, 2});
  sgd.step();
  // v = 1, 0.5 + 1.5 and 0, 1.5: the first step counts as one, even with a gradient of 0
  expect_equal("w after gradients (1, 0), (2, 2) with dampening 0.25", w.value(), {-0.3, -0.15});
}

STEP("weight decay, and a parameter without a gradient") {
  Parameter w("w", {1, 2}), still("still", {5});
  nn::SGD sgd({w, still}, {.lr = 0.1, .weight_decay = 0.5});
  set_gradient(w, {1, 1});
  sgd.step();
  expect_equal("w = (1, 2), decay 0.5, gradient 1", w.value(), {0.85, 1.8});
  expect_equal("the parameter without a gradient", still.value(), {5});
}

STEP("what decays goes into the velocity") {
  Parameter w("w", {1, -2});
  nn::SGD sgd({w}, {.lr = 0.1, .momentum = 0.5, .weight_decay = 0.5});
  for (int step = 0; step < 2; ++step) {
    set_gradient(w, {1, -2});
    sgd.step();
  }
  // v = 1.5, 0.75 + 1.425; w = 0.85, 0.6325
  expect_equal("w = (1, -2) after two gradients (1, -2) with decay 0.5", w.value(),
               {0.6325, -1.265});
}

STEP("a group has a rate and a decay of its own") {
  Parameter w("w", {1, 2});
  nn::SGD sgd({{.parameters = {w}, .rate = 0.5, .weight_decay = 1}},
              {.lr = 0.2, .weight_decay = 3});
  set_gradient(w, {1, 1});
  sgd.step();
  expect_equal("w = (1, 2), half of lr 0.2, decay 1, gradient 1", w.value(), {0.8, 1.7});
}

STEP("of a table, each touched row once") {
  Parameter w("w", {{1, 1}, {1, 1}, {1, 1}});
  nn::SGD sgd({w}, {.lr = 0.1});
  const std::int32_t rows[] = {0, 2};
  Tensor& g = w.grad_rows(rows);
  g(0, 0) = 1, g(0, 1) = 2, g(2, 0) = 3, g(2, 1) = 4;
  g(1, 0) = g(1, 1) = 100; // what is no touched row is nobody's business
  sgd.step();
  expect_equal("a table of ones after gradients in rows 0 and 2", w.value(),
               {{0.9, 0.8}, {1, 1}, {0.7, 0.6}});
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
