#include "expect.hpp"

#include "nn/training/optimizer.hpp"

using namespace tapestry;

static void set_gradient(const Parameter& p, const std::vector<double>& entries) {
  p.zero_grad();
  std::copy(entries.begin(), entries.end(), p.grad().data());
}

static void take_steps(nn::Adam& adam, const Parameter& w, const std::vector<double>& gradients) {
  for (double g : gradients) {
    set_gradient(w, {g, -1000 * g});
    adam.step();
  }
}

STEP("the first step is as long as the learning rate") {
  Parameter w("w", {1, 1});
  nn::Adam adam({w}, {.lr = 0.1});
  take_steps(adam, w, {0.5});
  expect_equal("w = (1, 1) after a step of 0.1 against (0.5, -500)", w.value(), {0.9, 1.1}, 1e-6);
}

STEP("three steps") {
  Parameter w("w", {1, 1});
  nn::Adam adam({w}, {.lr = 0.1, .beta1 = 0.5, .beta2 = 0.75});
  take_steps(adam, w, {1, 2, -1});
  // mean = 0.5, 1.25, 0.125; square = 0.25, 1.1875, 1.140625; divided by 1 - beta^t
  const double wanted = 1 - 0.1 * (1 + (1.25 / 0.75) / std::sqrt(1.1875 / 0.4375) +
                                   (0.125 / 0.875) / std::sqrt(1.140625 / 0.578125));
  expect_equal("w after gradients 1, 2, -1 with betas 0.5 and 0.75", w.value(),
               {wanted, 2 - wanted}, 1e-7);
}

STEP("eps keeps small gradients small") {
  Parameter w("w", {1, 1});
  nn::Adam adam({w}, {.lr = 0.1, .eps = 1});
  set_gradient(w, {1, 3});
  adam.step();
  expect_equal("w = (1, 1) after gradients 1 and 3 with eps = 1", w.value(), {0.95, 0.925});
}

STEP("weight decay goes into the gradient") {
  Parameter w("w", {1, 4});
  nn::Adam adam({w}, {.lr = 0.1, .eps = 1, .weight_decay = 0.5});
  set_gradient(w, {0.5, 1});
  adam.step();
  expect_equal("w = (1, 4), decay 0.5, gradients 0.5 and 1, eps = 1", w.value(), {0.95, 3.925});
}

STEP("decoupled, it shrinks the weights") {
  Parameter w("w", {1, 4}), still("still", {5});
  nn::AdamW adam({w, still}, {.lr = 0.1, .eps = 1, .weight_decay = 0.5});
  set_gradient(w, {1, 3});
  adam.step();
  expect_equal("w = (1, 4), decay 0.5, gradients 1 and 3, eps = 1", w.value(), {0.9, 3.725});
  expect_equal("the parameter without a gradient", still.value(), {5});
}

STEP("amsgrad divides by the largest mean square") {
  Parameter w("w", {1, 1});
  nn::Adam adam({w}, {.lr = 0.1, .beta1 = 0, .beta2 = 0.5, .eps = 0, .amsgrad = true});
  take_steps(adam, w, {4, 0.5});
  // square = 8, 4.125; the largest is 8 both times
  const double wanted = 1 - 0.1 * (1 + 0.5 / std::sqrt(8 / 0.75));
  expect_equal("w after gradients 4, 0.5 with beta2 = 0.5", w.value(), {wanted, 2 - wanted}, 1e-9);
}

STEP("of a table, the rows that were touched") {
  Parameter w("w", {{1, 1}, {1, 1}, {1, 1}});
  nn::Adam adam({w}, {.lr = 0.1, .beta1 = 0.5, .beta2 = 0.75, .eps = 1});
  const std::int32_t rows[] = {0, 2};
  Tensor& g = w.grad_rows(rows);
  g(0, 0) = 2, g(0, 1) = -2, g(2, 0) = -2, g(2, 1) = 2;
  g(1, 0) = g(1, 1) = 100; // what is no touched row is nobody's business
  adam.step();
  const double wanted = 1 - 0.1 * (1.0 / 0.5) / ((std::sqrt(1.0) + 1) / std::sqrt(0.25));
  expect_equal("a table of ones after gradients (2, -2) in row 0, (-2, 2) in row 2, eps = 1",
               w.value(), {{wanted, 2 - wanted}, {1, 1}, {2 - wanted, wanted}}, 1e-9);
}

STEP("a group has a rate and a decay of its own") {
  Parameter w("w", {1, 4});
  nn::AdamW adam({{.parameters = {w}, .rate = 0.5, .weight_decay = 1}},
                 {.lr = 0.2, .eps = 1, .weight_decay = 3});
  set_gradient(w, {1, 3});
  adam.step();
  expect_equal("w = (1, 4), half of lr 0.2, decay 1, gradients 1 and 3, eps = 1", w.value(),
               {0.85, 3.525});
}

STEP("a use: the bottom of a valley as steep as you like") {
  Parameter w("w", {3, -2});
  nn::Adam adam({w}, {.lr = 0.05});
  for (int step = 0; step < 500; ++step) {
    set_gradient(w, {w.value().data()[0], 1e4 * w.value().data()[1]});
    adam.step();
  }
  expect_equal("w after 500 steps on x^2 / 2 + 5000 y^2", w.value() + Tensor{1, 1}, {1, 1}, 1e-2);
}
