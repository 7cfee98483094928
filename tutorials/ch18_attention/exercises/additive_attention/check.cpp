#include "expect.hpp"

#include "autograd/base/error.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/attention/attention.hpp"

using namespace tapestry;

namespace {

Indices mask_of(const Shape& shape, const std::vector<int>& entries) {
  Indices mask = Indices::from_shape({shape[0], shape[1]});
  std::copy(entries.begin(), entries.end(), mask.data());
  return mask;
}

// Two scores -> (1, 2)
Tensor softmax_of(double a, double b) {
  return {{1 / (1 + std::exp(b - a)), 1 / (1 + std::exp(a - b))}};
}

// One sentence of two places.
Attended seen() {
  const AttentionMemory memory{constant(tensor({1, 2, 2}, {1, 0, -0.5, 2})),
                               constant(tensor({1, 2, 2}, {10, 3, 20, -5})),
                               mask_of({1, 2}, {1, 1})};
  return additive_attention(constant({{0.5, -1}}), memory, constant({2, -1}));
}
const double first = 2 * std::tanh(1.5) - std::tanh(-1.0), second = -std::tanh(1.0);

} // namespace

STEP("the weights of two places") {
  expect_equal("query (0.5, -1), keys (1, 0) and (-0.5, 2), v (2, -1)", seen().weights.value(),
               softmax_of(first, second));
}

STEP("the context") {
  const Tensor w = softmax_of(first, second);
  expect_equal("the mean of the values (10, 3) and (20, -5)", seen().context.value(),
               {{10 * w(0, 0) + 20 * w(0, 1), 3 * w(0, 0) - 5 * w(0, 1)}});
}

STEP("each sentence has a query of its own") {
  const AttentionMemory memory{constant(tensor({2, 2, 1}, {0, 1, 0, 1})),
                               constant(tensor({2, 2, 3}, {1, 0, 0, 0, 1, 0, 1, 0, 5, 0, 1, 5})),
                               mask_of({2, 2}, {1, 1, 1, 1})};
  const Attended a = additive_attention(constant(tensor({2, 1}, {1, -2})), memory, constant({3}));
  const Tensor one = softmax_of(3 * std::tanh(1.0), 3 * std::tanh(2.0)),
               two = softmax_of(3 * std::tanh(-2.0), 3 * std::tanh(-1.0));
  expect_equal("weights of the queries 1 and -2, where the keys are 0 and 1", a.weights.value(),
               {{one(0, 0), one(0, 1)}, {two(0, 0), two(0, 1)}});
  expect_equal("their contexts", a.context.value(),
               {{one(0, 0), one(0, 1), 0}, {two(0, 0), two(0, 1), 5}});
}

STEP("padding has no weight") {
  // 7 and 1000 are padding. What is left of a sentence has equal keys.
  const Var keys = variable(tensor({2, 3, 1}, {0.5, 0.5, 7, 0.5, 7, 7}), "keys");
  const Var values = variable(tensor({2, 3, 1}, {2, 4, 1000, 6, 1000, 1000}), "values");
  Tape tape;
  const Attended a =
      additive_attention(constant(tensor({2, 1}, {1, 2})),
                         {keys, values, mask_of({2, 3}, {1, 1, 0, 1, 0, 0})}, constant({1}));
  tape.backward(a.context, full({2, 1}, 8));
  expect_equal("the weights of sentences of 2 and 1 places", a.weights.value(),
               {{0.5, 0.5, 0}, {1, 0, 0}});
  expect_equal("their contexts", a.context.value(), tensor({2, 1}, {3, 6}));
  expect_equal("the gradient of the values", values.grad(), tensor({2, 3, 1}, {4, 4, 0, 8, 0, 0}));
  for (std::size_t at : {2u, 4u, 5u})
    expect("the gradient of the padding's keys", keys.grad().data()[at] == 0, "it is not 0");
}

STEP("wrong shapes") {
  const auto attend = [](const Shape& query, const Shape& keys, const Shape& values) {
    return [=] {
      const AttentionMemory memory{constant(zeros(keys)), constant(zeros(values)),
                                   mask_of({2, 4}, {1, 1, 1, 1, 1, 1, 1, 1})};
      additive_attention(constant(zeros(query)), memory, constant(zeros({3})));
    };
  };
  const char* words = "expected (B, K) x (B, S, K) x (B, S, A)";
  expect_error<ShapeError>("one query for two sentences", attend({1, 3}, {2, 4, 3}, {2, 4, 5}),
                           words);
  expect_error<ShapeError>("a query of 1 for keys of 3", attend({2, 1}, {2, 4, 3}, {2, 4, 5}),
                           words);
  expect_error<ShapeError>("the values of one sentence for two",
                           attend({2, 3}, {2, 4, 3}, {1, 4, 5}), words);
}

STEP("the gradients") {
  const Indices mask = mask_of({2, 4}, {1, 1, 1, 0, 1, 1, 1, 1});
  expect_gradients("context and weights, B = 2, S = 4, K = 3, A = 5",
                   [&](const Var& query, const Var& keys, const Var& values, const Var& v) {
                     const Attended a = additive_attention(query, {keys, values, mask}, v);
                     return concatenate({a.context, a.weights}, 1);
                   },
                   {{random({2, 3}, 1), "query"},
                    {random({2, 4, 3}, 2), "keys"},
                    {random({2, 4, 5}, 3), "values"},
                    {random({3}, 4), "v"}});
}

STEP("a use: a lookup") {
  // The tanh is 1 only where query and key ask for the same word, and -1 elsewhere.
  const Tensor key = tensor({3, 4, 3}, {5,  -5, -5, -5, 5,  -5, -5, -5, 5,  0, 0, 0,   // a b c
                                        -5, -5, 5,  5,  -5, -5, -5, 5,  -5, 0, 0, 0,   // c a b
                                        -5, 5,  -5, -5, -5, 5,  5,  -5, -5, 0, 0, 0}); // b c a
  const Tensor value = tensor({3, 4, 1}, {1, 2, 3, 99, 4, 5, 6, 99, 7, 8, 9, 99});
  const Attended a = additive_attention(
      constant({{0, -10, -10}, {-10, 0, -10}, {-10, -10, 0}}), // a, b, c
      {constant(key), constant(value), mask_of({3, 4}, {1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0})},
      constant({10, 10, 10}));
  expect_equal("a in (a: 1, b: 2, c: 3), b in (c: 4, a: 5, b: 6), c in (b: 7, c: 8, a: 9)",
               a.context.value(), tensor({3, 1}, {1, 6, 8}), 1e-3);
}
