#include "expect.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/tape.hpp"
#include "nn/conv.hpp"
#include "nn/pictures/unfold.hpp"

using namespace tapestry;

namespace {

// What arrives at a picture of this shape, if `dcolumns` arrives at its columns.
Tensor pulled_back(const Shape& picture, Size2d kernel, const UnfoldOptions& o,
                   const Tensor& dcolumns) {
  const Var x = variable(random(picture, 1), "x");
  Tape tape;
  tape.backward(unfold(x, kernel, o), dcolumns);
  return x.grad();
}

void expect_pull_back(const char* what, const Shape& picture, Size2d kernel,
                      const UnfoldOptions& o = {}) {
  expect_gradients(what, [&](const Var& x) { return unfold(x, kernel, o); },
                   {{random(picture, 2), "x"}});
}

} // namespace

STEP("patches side by side: every pixel stands in one column") {
  expect_equal("a 2 x 4 picture under a 2 x 2 kernel with a stride of 2",
               pulled_back({1, 1, 2, 4}, 2, {.stride = 2}, {{{1, 2}, {3, 4}, {5, 6}, {7, 8}}}),
               {{{{1, 3, 2, 4}, {5, 7, 6, 8}}}});
}

STEP("patches that overlap: what arrives adds up") {
  expect_equal(
      "a 3 x 3 picture under a 2 x 2 kernel, whose taps get 1, 10, 100 and 1000",
      pulled_back(
          {1, 1, 3, 3}, 2, {},
          {{{1, 1, 1, 1}, {10, 10, 10, 10}, {100, 100, 100, 100}, {1000, 1000, 1000, 1000}}}),
      {{{{1, 11, 10}, {101, 1111, 1010}, {100, 1100, 1000}}}});
  expect_equal("the same with 1 to 16 arriving",
               pulled_back({1, 1, 3, 3}, 2, {},
                           {{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}, {13, 14, 15, 16}}}),
               {{{{1, 7, 6}, {12, 34, 22}, {11, 27, 16}}}});
}

STEP("the padding keeps nothing, and nothing reaches a pixel that no tap sees") {
  expect_equal("a row of 2 with zeros around, 1 before and 2 after, under a 1 x 2 kernel",
               pulled_back({1, 1, 1, 2}, {1, 2}, {.padding = {0, 0, 1, 2}},
                           {{{1, 10, 100, 1000}, {2, 20, 200, 2000}}}),
               tensor({1, 1, 1, 2}, {12, 120}));
  expect_equal("a row of 5 with a stride of 3, under a 1 x 1 kernel",
               pulled_back({1, 1, 1, 5}, 1, {.stride = {1, 3}}, {{{1, 2}}}),
               tensor({1, 1, 1, 5}, {1, 0, 0, 2, 0}));
}

STEP("pictures and channels") {
  expect_equal("two pictures of two channels, a row of 2 each, under a 1 x 2 kernel",
               pulled_back({2, 2, 1, 2}, {1, 2}, {}, tensor({2, 4, 1}, {1, 2, 3, 4, 5, 6, 7, 8})),
               tensor({2, 2, 1, 2}, {1, 2, 3, 4, 5, 6, 7, 8}));
}

STEP("it adds to what other uses have left") {
  const Var x = variable(tensor({1, 1, 1, 3}, {1, 2, 3}), "x");
  Tape tape;
  tape.backward(unfold(x, {1, 2}) + unfold(x, {1, 2}), {{{1, 10}, {100, 1000}}});
  expect_equal("a row of 3, used twice", x.grad(), tensor({1, 1, 1, 3}, {2, 220, 2000}));
}

STEP("the gradient") {
  expect_pull_back("one picture", {1, 1, 4, 5}, {3, 2});
  expect_pull_back("two pictures of three channels", {2, 3, 3, 4}, {2, 3});
  expect_pull_back("a stride of (2, 3)", {2, 2, 7, 6}, {3, 2}, {.stride = {2, 3}});
  expect_pull_back("padding (1, 0, 2, 1): above, below, left, right", {2, 2, 4, 3}, {3, 2},
                   {.padding = {1, 0, 2, 1}});
  expect_pull_back("padding (0, 2, 0, 1)", {2, 2, 4, 3}, {3, 2}, {.padding = {0, 2, 0, 1}});
  expect_pull_back("a dilation of (2, 3)", {2, 2, 6, 7}, {3, 2}, {.dilation = {2, 3}});
  expect_pull_back("all of them", {2, 2, 6, 5}, {3, 2},
                   {.stride = {3, 2}, .padding = {2, 1, 1, 3}, .dilation = {2, 3}});
}

STEP("a use: the gradients of a convolution") {
  const Tensor x0 = random({2, 3, 6, 5}, 3), w0 = random({4, 3, 3, 2}, 4), b0 = random({4}, 5);
  const UnfoldOptions o{.stride = {2, 1}, .padding = {1, 0, 0, 2}, .dilation = {1, 2}};
  const auto gradients = [&](const auto& convolution) {
    std::vector<Tensor> all;
    const Var x = variable(x0, "x"), w = variable(w0, "w"), b = variable(b0, "b");
    Tape tape;
    const Var y = convolution(x, w, b);
    tape.backward(y, random(y.shape(), 6));
    for (const Var& v : {x, w, b}) all.push_back(v.grad());
    return all;
  };
  const auto composed = gradients(
      [&](const Var& x, const Var& w, const Var& b) { return conv2d_composed(x, w, b, o); });
  const auto fused = gradients([&](const Var& x, const Var& w, const Var& b) {
    return conv2d(x, w, b, {o.stride, o.padding, o.dilation});
  });
  const char* names[] = {"of the picture", "of the weights", "of the bias"};
  for (std::size_t i = 0; i < 3; ++i) expect_equal(names[i], composed[i], fused[i]);
}
