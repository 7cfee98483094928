#include "expect.hpp"

#include "nn/training/optimizer.hpp"

using namespace tapestry;

static void set_gradient(const Parameter& p, const std::vector<double>& entries) {
  p.zero_grad();
  std::copy(entries.begin(), entries.end(), p.grad().data());
}

STEP("the norm of all gradients together") {
  const Parameter a("a", {0, 0}), b("b", {0}), none("none", {0});
  set_gradient(a, {2, 3});
  set_gradient(b, {6});
  expect_equal("the norm of (2, 3) and (6)", nn::clip_grad_norm({a, b, none}, 100), 7);
}

STEP("a short gradient is left alone") {
  const Parameter a("a", {0, 0});
  set_gradient(a, {3, 4});
  nn::clip_grad_norm({a}, 10);
  expect_equal("(3, 4) clipped at 10", a.grad(), {3, 4});
}

STEP("a long one becomes max_norm long, and keeps its direction") {
  const Parameter a("a", {0, 0});
  set_gradient(a, {30, -40});
  const double norm = nn::clip_grad_norm({a}, 5);
  expect_equal("(30, -40) clipped at 5", a.grad(), {3, -4}, 1e-6);
  expect_equal("the norm that is returned", norm, 50);
}

STEP("all parameters get the same factor") {
  const Parameter a("a", {0, 0}), b("b", {0}), none("none", {0});
  set_gradient(a, {2, 3});
  set_gradient(b, {6});
  nn::clip_grad_norm({a, b, none}, 3.5);
  expect_equal("(2, 3) beside (6), clipped at 3.5", a.grad(), {1, 1.5}, 1e-6);
  expect_equal("(6) beside (2, 3), clipped at 3.5", b.grad(), {3}, 1e-6);
  expect("the parameter without a gradient", !none.has_grad(), "it has one now");
}

STEP("a parameter that is listed twice counts once") {
  const Parameter a("a", {0, 0});
  set_gradient(a, {30, -40});
  expect_equal("the norm of (30, -40), listed twice", nn::clip_grad_norm({a, a}, 5), 50);
  expect_equal("(30, -40) clipped at 5", a.grad(), {3, -4}, 1e-6);
}

STEP("1e-6 is added to the norm it divides by") {
  const Parameter a("a", {0, 0});
  set_gradient(a, {3e-6, -4e-6});
  nn::clip_grad_norm({a}, 2.5e-6);
  expect_equal("(3e-6, -4e-6) clipped at 2.5e-6", a.grad(), {1.25e-6, -5e-6 / 3}, 1e-6);
}

STEP("a max_norm below 0 is refused") {
  const Parameter a("a", {0, 0});
  set_gradient(a, {3, 4});
  for (double max_norm : {-1.0, double{NAN}})
    expect_error<std::invalid_argument>(
        fmt::format("clip_grad_norm at {}", max_norm), [&] { nn::clip_grad_norm({a}, max_norm); },
        "max_norm");
  expect_equal("clipped at 0, the gradient", (nn::clip_grad_norm({a}, 0), a.grad()), {0, 0});
}

STEP("a norm that is no number changes nothing") {
  const Parameter a("a", {0, 0});
  set_gradient(a, {1e308, 1e308});
  expect("the norm of (1e308, 1e308), whose squares are too large",
         !std::isfinite(nn::clip_grad_norm({a}, 1)), "it is finite");
  expect_equal("the gradient after that", a.grad(), {1e308, 1e308});
}

STEP("a use: a step down a cliff stays short") {
  Parameter w("w", {1, 1});
  nn::SGD sgd({w}, {.lr = 0.1});
  set_gradient(w, {3e8, -4e8});
  nn::clip_grad_norm({w}, 1);
  sgd.step();
  expect_equal("w = (1, 1) after a gradient of (3e8, -4e8), clipped at 1", w.value(), {0.94, 1.08},
               1e-6);
}
