#include "expect.hpp"

#include <algorithm>

#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/attention/attention_decoder.hpp"
#include "nn/attention/attention_row.hpp"

using namespace tapestry;

namespace {

struct RowGradients {
  Tensor query, keys, v; // (K), (S, K), (K)
};

// Two places with the values 4 and 0, the weights 1/4 and 3/4, and keys and query of one number. A
// gradient of 1 arrives. The weights' gradients are 4 and 0, their mean 1, so the scores' gradients
// are 1/4 (4 - 1) and 3/4 (0 - 1): 0.75 and -0.75.
RowGradients two_places(real query, const std::vector<real>& keys, const real* v, real before = 0) {
  const real values[] = {4, 0}, weights[] = {0.25, 0.75}, dcontext[] = {1}, q[] = {query};
  RowGradients g{full({1}, before), full({2, 1}, before), full({1}, before)};
  Tensor room = full({2}, 77);
  attend_row_back({2, 1, 1, keys.data(), values, v}, q, weights, dcontext,
                  {room.data(), g.query.data(), g.keys.data(), v ? g.v.data() : nullptr});
  return g;
}
const real two = 2;
const double t = std::tanh(1.5), slope = 1 - t * t;

// The row as an operator, for the gradient check; the values are constants.
Var attend(const Var& query, const Var& keys, const Var& v, const Tensor& values) {
  const std::size_t places = keys.shape()[0], key_size = keys.shape()[1],
                    value_size = values.shape()[1];
  const auto data = [](const Var& x) { return x.rank() > 0 ? x.value().data() : nullptr; };
  const auto view = [=] {
    return AttentionView{places, key_size, value_size, data(keys), values.data(), data(v)};
  };
  Tensor weights = Tensor::from_shape({places}), context = Tensor::from_shape({value_size});
  attend_row(view(), data(query), weights.data(), context.data());
  const Var y{context};
  return record("attend", y, {query, keys, v}, [=] {
    Tensor room = Tensor::from_shape({places});
    attend_row_back(view(), data(query), weights.data(), y.grad().data(),
                    {room.data(), query.grad().data(), keys.grad().data(),
                     v.rank() > 0 ? v.grad().data() : nullptr});
  });
}

} // namespace

STEP("through the softmax, by hand") {
  // query + key is 0, where the tanh has the slope 1
  expect_equal("dkeys, where the scores get 0.75 and -0.75, and v is 2",
               two_places(0.5, {-0.5, -0.5}, &two).keys, tensor({2, 1}, {1.5, -1.5}));
}

STEP("through the tanh, by hand") {
  expect_equal("dkeys, where query + key is 0 and 1.5", two_places(0.5, {-0.5, 1}, &two).keys,
               tensor({2, 1}, {1.5, -1.5 * slope}));
  expect_equal("dv, where query + key is 0 and 1.5", two_places(0.5, {-0.5, 1}, &two).v,
               full({1}, -0.75 * t));
}

STEP("the query gets a part from each place") {
  expect_equal("dquery, where query + key is 0 and 1.5", two_places(0.5, {-0.5, 1}, &two).query,
               full({1}, 1.5 - 1.5 * slope));
}

STEP("scores that are products, by hand") {
  const RowGradients g = two_places(2, {1, 3}, nullptr);
  expect_equal("dkeys, where the query is 2", g.keys, tensor({2, 1}, {1.5, -1.5}));
  expect_equal("dquery, where the keys are 1 and 3", g.query, full({1}, 0.75 * 1 - 0.75 * 3));
}

STEP("other steps have added before") {
  const RowGradients g = two_places(0.5, {-0.5, 1}, &two, 10);
  expect_equal("dkeys that begin at 10", g.keys, tensor({2, 1}, {11.5, 10 - 1.5 * slope}));
  expect_equal("dv that begins at 10", g.v, full({1}, 10 - 0.75 * t));
  expect_equal("dquery that begins at 10", g.query, full({1}, 11.5 - 1.5 * slope));
  const RowGradients p = two_places(2, {1, 3}, nullptr, 10);
  expect_equal("dkeys of products, that begin at 10", p.keys, tensor({2, 1}, {11.5, 8.5}));
  expect_equal("dquery of products, that begins at 10", p.query, full({1}, 8.5));
}

STEP("gradients that nobody wants") {
  const real keys[] = {-0.5, 1}, values[] = {4, 0}, weights[] = {0.25, 0.75}, one[] = {1},
             query[] = {0.5}, v[] = {2};
  for (const bool additive : {true, false}) {
    real room[2], dquery[1] = {0};
    attend_row_back({2, 1, 1, keys, values, additive ? v : nullptr}, query, weights, one,
                    {room, dquery, nullptr, nullptr});
    expect_equal(additive ? "dquery, where dkeys and dv are null"
                          : "dquery of products, where dkeys is null",
                 dquery[0], additive ? 1.5 - 1.5 * slope : -0.375 - 0.75);
  }
}

STEP("all gradients") {
  // more numbers than one register holds, and some that are left over
  const Tensor values = random({5, 9}, 1);
  expect_gradients(
      "scores with v, S = 5, K = 11, A = 9",
      [&](const Var& query, const Var& keys, const Var& v) {
        return attend(query, keys, v, values);
      },
      {{random({11}, 2), "query"}, {random({5, 11}, 3), "keys"}, {random({11}, 4), "v"}});
  expect_gradients(
      "products, S = 5, K = 11, A = 9",
      [&](const Var& query, const Var& keys) { return attend(query, keys, Var{}, values); },
      {{Tensor(0.3 * random({11}, 5)), "query"}, {random({5, 11}, 6), "keys"}});
}

STEP("a use: a decoder of three steps, as one operator and step by step") {
  // H = 3, E = 2, K = 4, A = 5; one sentence of 6 places
  const Tensor x = random({3, 2}, 1), seed = random({3, 5}, 2);
  const AttentionWeights w{
      .cell = {constant(random({9, 7}, 3)), constant(random({9, 3}, 4)), {}, {}},
      .query = variable(random({4, 3}, 5), "query"),
      .v = variable(random({4}, 6), "v")};
  const Var keys = variable(random({6, 4}, 7), "keys"), values = constant(random({6, 5}, 8));
  const auto gradients = [&](const auto& contexts) {
    for (const Var& of : {w.query, w.v, keys}) of.zero_grad();
    Tape tape;
    tape.backward(contexts(constant(zeros({1, 3}))), seed);
    return std::vector<Tensor>{w.query.grad(), w.v.grad(), keys.grad()};
  };
  const auto fused = gradients([&](const Var& h) {
    const AttentionDecoderOutput out = attention_decoder({.x = constant(x),
                                                          .steps = Steps(3, 1),
                                                          .weights = w,
                                                          .h = h,
                                                          .places = {keys, values, {0, 6}}});
    return slice(out.seen, 1, 3, 8);
  });
  const auto composed = gradients([&](Var h) {
    const AttentionMemory memory{reshape(keys, {1, 6, 4}), reshape(values, {1, 6, 5}),
                                 attention_mask({6}, 6)};
    std::vector<Var> contexts;
    for (std::size_t i = 0; i < 3; ++i) {
      const AttentionStep step = attention_step(slice(constant(x), 0, i, i + 1), h, w, memory);
      contexts.push_back(step.seen.context);
      h = step.state;
    }
    return concatenate(contexts);
  });
  const char* names[] = {"the gradient of W", "the gradient of v", "the gradient of the keys"};
  for (std::size_t i = 0; i < 3; ++i) expect_equal(names[i], fused[i], composed[i]);
}
