#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/tape.hpp"
#include "nn/batch_norm.hpp"
#include "nn/conv.hpp"

using namespace tapestry;

namespace {

// In training: by the batch's own mean and variance.
Var normalised(const Var& x, const Var& weight, const Var& bias, double eps) {
  Tensor mean, variance;
  return batch_norm(x, weight, bias, eps, mean, variance);
}

void expect_pull_back(const char* what, const Shape& shape, double eps) {
  expect_gradients(what,
                   [&](const Var& x, const Var& weight, const Var& bias) {
                     return normalised(x, weight, bias, eps);
                   },
                   {{random(shape, 1), "x"},
                    {random({shape[1]}, 2), "weight"},
                    {random({shape[1]}, 3), "bias"}});
}

// A layer in evaluation, whose running statistics are these.
template <class Layer>
Layer old_layer(const std::vector<double>& mean, const std::vector<double>& variance, double eps,
                bool affine) {
  Layer norm({.num_features = mean.size(), .eps = eps, .affine = affine});
  norm.running_mean = tensor({mean.size()}, mean);
  norm.running_var = tensor({mean.size()}, variance);
  norm.eval();
  return norm;
}

} // namespace

STEP("weight and bias, by hand") {
  // the mean is 2, the variance 1, so u is -1 -1 1 1
  const Var x = constant(tensor({4, 1}, {1, 1, 3, 3}));
  const Var weight = variable(tensor({1}, {5}), "weight"),
            bias = variable(tensor({1}, {0}), "bias");
  Tape tape;
  tape.backward(normalised(x, weight, bias, 0), tensor({4, 1}, {1, 10, 100, 1000}));
  expect_equal("the bias, where 1 10 100 1000 arrive", bias.grad(), tensor({1}, {1111}));
  expect_equal("the weight, where u is -1 -1 1 1", weight.grad(), tensor({1}, {1089}));
}

STEP("in evaluation, by hand: mean and variance are constants") {
  auto norm = old_layer<nn::BatchNorm1d>({2, 0}, {15, 3}, 1, true); // deviations of 4 and 2
  norm.weight.set(tensor({2}, {8, 1}));
  const Var x = variable({{6, 4}, {2, 2}}, "x"); // u is 1 and 2, then 0 and 1
  Tape tape;
  tape.backward(norm(x), {{1, 10}, {100, 1000}});
  expect_equal("x: weight / deviation, 2 and 1/2, times what arrives", x.grad(),
               {{2, 5}, {200, 500}});
  expect_equal("the weight", norm.weight.grad(), tensor({2}, {1, 1020}));
  expect_equal("the bias", norm.bias.grad(), tensor({2}, {101, 1010}));
}

STEP("in training, by hand: every x moves the mean and the variance") {
  const Var x = variable(tensor({4, 1}, {1, 1, 3, 3}), "x");
  const Var weight = constant(tensor({1}, {3})), bias = constant(tensor({1}, {0}));
  {
    Tape tape;
    tape.backward(normalised(x, weight, bias, 0), tensor({4, 1}, {4, 0, 0, 0}));
  }
  // mean of d: 1; mean of d u: -1; 3 (d - 1 + u)
  expect_equal("x = 1 1 3 3, weight 3, and 4 0 0 0 arrives", x.grad(),
               tensor({4, 1}, {6, -6, 0, 0}));
  x.zero_grad();
  Tape tape;
  tape.backward(normalised(x, weight, bias, 3), tensor({4, 1}, {8, 0, 0, 0}));
  // u is half of the above; mean of d: 2; mean of d u: -1; 3/2 (d - 2 + u)
  expect_equal("the same with an eps of 3, and 8 0 0 0 arrives", x.grad(),
               tensor({4, 1}, {8.25, -3.75, -2.25, -2.25}));
}

STEP("a constant gets no gradient") {
  const char* names[] = {"x", "the weight", "the bias"};
  for (std::size_t wanted = 0; wanted < 3; ++wanted) {
    const Tensor values[] = {random({3, 2}, 1), random({2}, 2), random({2}, 3)};
    Var in[3];
    for (std::size_t i = 0; i < 3; ++i)
      in[i] = i == wanted ? variable(values[i], names[i]) : constant(values[i]);
    Tape tape;
    tape.backward(normalised(in[0], in[1], in[2], 0.5), random({3, 2}, 4));
    for (std::size_t i = 0; i < 3; ++i)
      if (i != wanted)
        expect(std::string(names[i]) + ", a constant", !in[i].has_grad(),
               "it has a gradient: ask needs_grad() first");
  }
}

STEP("all gradients in training") {
  expect_pull_back("five rows of three channels", {5, 3}, 0.1);
  expect_pull_back("sequences of length 4, in two channels", {3, 2, 4}, 0.1);
  expect_pull_back("pictures of 3 x 4 pixels, in three channels", {2, 3, 3, 4}, 0.1);
  expect_pull_back("one picture", {1, 2, 2, 3}, 0.1);
}

STEP("the gradient of x in evaluation") {
  auto norm = old_layer<nn::BatchNorm2d>({1, -2, 0.5}, {0.3, 2, 1}, 0.1, false);
  expect_gradients("pictures of 4 x 2 pixels, in three channels",
                   [&](const Var& x) { return norm(x); }, {{random({2, 3, 4, 2}, 5), "x"}});
  expect_gradients("one pixel", [&](const Var& x) { return norm(x); },
                   {{random({1, 3, 1, 1}, 6), "x"}});
}

STEP("a use: convolution, normalisation, tanh") {
  expect_gradients("tanh(batch_norm(conv2d(x, w)))",
                   [](const Var& x, const Var& w, const Var& weight, const Var& bias) {
                     return tanh(normalised(conv2d(x, w, {.padding = 1}), weight, bias, 1e-5));
                   },
                   {{random({3, 2, 4, 3}, 7), "x"},
                    {random({4, 2, 3, 3}, 8), "w"},
                    {random({4}, 9), "weight"},
                    {random({4}, 10), "bias"}});
}
