// Operators that move entries: reshape, transpose, slices, joins.
#include "autograd/xt.hpp"
#include "check.hpp"

using namespace tapestry;

BOOST_AUTO_TEST_SUITE(shaping)

BOOST_AUTO_TEST_CASE(gradients) {
  const Tensor x = random({2, 3, 4}), m = random({2, 3}), q = random({3, 3});
  expect_gradients("reshape", [](const Var& v) { return reshape(v, {4, 6}); }, {x});
  expect_gradients("reshape", [](const Var& v) { return reshape(v, {24}); }, {x});
  expect_gradients("reshape", [](const Var& v) { return reshape(v, {}); }, {random({1, 1})});
  for (const Tensor& t : {x, m, q, random({1, 4}), random({3}), random({})})
    expect_gradients("transpose", [](const Var& v) { return transpose(v); }, {t});
  for (const Axes& order : {Axes{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {-1, 0, 1}})
    expect_gradients("transpose", [&](const Var& v) { return transpose(v, order); }, {x});
  expect_gradients("broadcast_to", [](const Var& v) { return broadcast_to(v, {5, 2, 3}); }, {m});
  expect_gradients("broadcast_to", [](const Var& v) { return broadcast_to(v, {2, 3}); }, {m});
  expect_gradients("broadcast_to",
                   [](const Var& v) {
                     return broadcast_to(v, {4, 2, 5, 3});
                   },
                   {random({2, 1, 3})});
  expect_gradients("broadcast_to",
                   [](const Var& v) {
                     return broadcast_to(v, {2, 3});
                   },
                   {random({})});
  for (int axis : {0, 1, 2, -1, -2, -3}) {
    expect_gradients("slice", [=](const Var& v) { return slice(v, axis, 1, 2); }, {x});
    expect_gradients("slice", [=](const Var& v) { return slice(v, axis, 0, 2); }, {x});
    expect_gradients("select", [=](const Var& v) { return select(v, axis, 1); }, {x});
  }
  expect_gradients("select", [](const Var& v) { return select(v, 0, 2); }, {random({4})});
  for (int axis : {0, 1, -1}) {
    const auto joined = [=](const Var& a, const Var& b, const Var& c) {
      return concatenate({a, b, c}, axis);
    };
    expect_gradients("concatenate", joined, {q, random({3, 3}, 2), random({3, 3}, 3)});
  }
  expect_gradients("concatenate",
                   [](const Var& a, const Var& b) {
                     return concatenate({a, b}, 1);
                   },
                   {x, random({2, 1, 4}, 2)});
  expect_gradients("stack",
                   [](const Var& a, const Var& b) {
                     return stack({a, b, a});
                   },
                   {m, random({2, 3}, 2)});
  expect_gradients("stack",
                   [](const Var& a, const Var& b) {
                     return stack({a, b});
                   },
                   {random({}), random({}, 2)});
}

BOOST_AUTO_TEST_CASE(stacked_and_split_along_any_axis) {
  const Tensor x = random({2, 5, 4});
  for (int axis : {0, 1, 2, 3, -1, -4})
    expect_gradients("stack",
                     [=](const Var& a, const Var& b) {
                       return stack({a, b}, axis);
                     },
                     {x, random({2, 5, 4}, 2)});
  for (int axis : {0, 1, -1})
    expect_gradients("split",
                     [=](const Var& v) {
                       const std::vector<Var> parts = split(v, 2, axis);
                       Var total = sum(parts[0]);
                       for (const Var& part : parts) total = total * sum(part);
                       return total;
                     },
                     {x});
  const Var m = constant(Tensor{{1, 2, 3}, {4, 5, 6}});
  BOOST_CHECK_EQUAL(to_string(stack({m, m}, -1).shape()), "(2, 3, 2)");
  BOOST_CHECK(same(stack({m, m}, 1).value(), Tensor{{{1, 2, 3}, {1, 2, 3}}, {{4, 5, 6}, {4, 5, 6}}}));
  BOOST_CHECK_EQUAL(split(m, 2, 1).size(), 2);
  BOOST_CHECK(same(split(m, 2, 1)[1].value(), tensor({2, 1}, {3, 6})));
  BOOST_CHECK(same(split(m, std::vector<std::size_t>{1, 0, 2}, 1)[2].value(), Tensor{{2, 3}, {5, 6}}));
}

BOOST_AUTO_TEST_CASE(large_permutations) {
  // rows moved, matrices flipped in squares with rests, on one core and on several
  for (const Shape& s : {Shape{130, 70}, {70, 45, 37}, {3, 200, 210}, {9, 3, 5, 1, 7, 17}})
    for (std::size_t turn = 0; turn < s.size(); ++turn) {
      Axes order;
      for (std::size_t i = 0; i < s.size(); ++i)
        order.push_back(static_cast<int>((i + turn) % s.size()));
      if (turn == 1) std::swap(order[0], order[1]);
      const Var x = variable(random(s));
      Tape tape;
      const Var y = transpose(x, order);
      const Tensor expected = xt::transpose(x.value(), order);
      BOOST_CHECK(same(y.value(), expected));
      tape.backward(y + y, y.value()); // twice what was moved, moved back
      const Tensor twice = 2 * x.value();
      BOOST_CHECK(same(x.grad(), twice));
    }
}

BOOST_AUTO_TEST_CASE(parts_that_overlap_add_up) {
  expect_gradients("overlapping slices",
                   [](const Var& v) { return slice(v, 0, 0, 3) * slice(v, 0, 1, 4); },
                   {random({4, 2})});
  expect_gradients("x beside x",
                   [](const Var& v) {
                     return concatenate({v, v, v}, 1);
                   },
                   {random({2, 3})});
  expect_gradients("rows one by one",
                   [](const Var& v) {
                     std::vector<Var> rows;
                     for (std::size_t i = 0; i < 3; ++i) rows.push_back(tanh(select(v, 0, 2 - i)));
                     return stack(rows);
                   },
                   {random({3, 2})});
}

BOOST_AUTO_TEST_CASE(values) {
  const Var x = constant(Tensor{{1, 2, 3}, {4, 5, 6}});
  BOOST_CHECK(same(reshape(x, {3, 2}).value(), Tensor{{1, 2}, {3, 4}, {5, 6}}));
  BOOST_CHECK(same(transpose(x).value(), Tensor{{1, 4}, {2, 5}, {3, 6}}));
  BOOST_CHECK(same(slice(x, 1, 1, 3).value(), Tensor{{2, 3}, {5, 6}}));
  BOOST_CHECK(same(select(x, 0, 1).value(), Tensor{4, 5, 6}));
  BOOST_CHECK(same(concatenate({x, x}, 1).value(), Tensor{{1, 2, 3, 1, 2, 3}, {4, 5, 6, 4, 5, 6}}));
  BOOST_CHECK_EQUAL(to_string(stack({x, x}).shape()), "(2, 2, 3)");
  BOOST_CHECK_EQUAL(to_string(transpose(constant(zeros({2, 3, 4})), {2, 0, 1}).shape()),
                    "(4, 2, 3)");
}

BOOST_AUTO_TEST_CASE(constants_get_no_gradient) {
  const Var x = variable(random({2, 3})), c = constant(random({2, 3}));
  Tape tape;
  const Var y = concatenate({x, c});
  const Var z = stack({y, y});
  tape.backward(z, ones(z.shape()));
  BOOST_CHECK(same(x.grad(), full({2, 3}, 2)));
  BOOST_CHECK(!c.has_grad());
}

BOOST_AUTO_TEST_CASE(detach_stops_the_gradient) {
  const Var x = variable(Tensor{2, 3});
  Tape tape;
  tape.backward(sum(x * detach(x)));
  BOOST_CHECK(same(x.grad(), Tensor{2, 3})); // and not 4, 6
}

BOOST_AUTO_TEST_CASE(empty_tensors) {
  const Var x = variable(random({2, 3}));
  Tape tape;
  const Var none = slice(x, 1, 2, 2);
  BOOST_CHECK_EQUAL(to_string(none.shape()), "(2, 0)");
  const Var y = concatenate({x, none}, 1);
  BOOST_CHECK(same(y.value(), x.value()));
  tape.backward(y, ones({2, 3}));
  BOOST_CHECK(same(x.grad(), ones({2, 3})));
  const auto report = gradcheck(
      [](const Var& a, const Var& b) {
        return concatenate({a, b}, 1);
      },
      {x, zeros({2, 0})});
  BOOST_CHECK_MESSAGE(report.passed, report.text());
}

BOOST_AUTO_TEST_SUITE_END()
