// Products as operators; product() itself is in test_product.cpp.
#include "check.hpp"

using namespace tapestry;

BOOST_AUTO_TEST_SUITE(matrix_products)

BOOST_AUTO_TEST_CASE(matmul_gradients) {
  const std::pair<Shape, Shape> cases[] = {
      {{2, 3}, {3, 4}},    {{3, 3}, {3, 3}},       {{1, 4}, {4, 1}}, {{4, 1}, {1, 3}},
      {{2, 5, 3}, {3, 4}}, {{2, 1, 5, 3}, {3, 4}}, {{1, 1}, {1, 1}}, {{3, 3, 3}, {3, 3}}};
  std::uint64_t seed = 0;
  for (const auto& [s, t] : cases) {
    const Tensor a = random(s, ++seed), b = random(t, seed + 100);
    expect_gradients("matmul", [](const Var& x, const Var& y) { return matmul(x, y); }, {a, b});
    expect_gradients("matmul, b constant", [&](const Var& x) { return matmul(x, constant(b)); },
                     {a});
    expect_gradients("matmul, a constant", [&](const Var& y) { return matmul(constant(a), y); },
                     {b});
  }
}

BOOST_AUTO_TEST_CASE(stacks_of_matrices) {
  const std::pair<Shape, Shape> cases[] = {
      {{5, 2, 3}, {5, 3, 4}},    {{2, 3}, {5, 3, 4}},          {{2, 1, 2, 3}, {4, 3, 5}},
      {{1, 2, 3}, {2, 3, 2}},    {{3, 3, 3}, {3, 3, 3}},       {{1, 1, 1}, {1, 1, 1}},
      {{2, 1, 1, 2}, {3, 2, 1}}, {{3, 2, 4}, {2, 3, 4, 2}},    {{3}, {3}},
      {{3}, {3, 4}},             {{2, 3}, {3}},                {{5, 2, 3}, {3}},
      {{3}, {2, 3, 4}}};
  std::uint64_t seed = 0;
  for (const auto& [s, t] : cases)
    expect_gradients("matmul", [](const Var& x, const Var& y) { return matmul(x, y); },
                     {random(s, ++seed), random(t, seed + 100)});
  expect_gradients("x x of a stack", [](const Var& v) { return matmul(v, v); },
                   {random({2, 3, 3})});
}

BOOST_AUTO_TEST_CASE(a_stack_is_its_matrices_one_by_one) {
  // large enough to be shared by the cores; a few roundings: a product may be shared out in
  // another way
  const Tensor a = random({12, 70, 60}), b = random({12, 60, 50}, 2), seed = random({12, 70, 50}, 3);
  const Var x = variable(a), y = variable(b);
  Tape tape;
  const Var z = matmul(x, y);
  tape.backward(z, seed);
  for (std::size_t i = 0; i < 12; ++i) {
    const auto part = [i](const Tensor& t) { return select(constant(t), 0, i).value(); };
    const Var u = variable(part(a)), v = variable(part(b));
    Tape small;
    const Var w = matmul(u, v);
    small.backward(w, part(seed));
    BOOST_CHECK(distance(part(z.value()), w.value()) < 1e-13);
    BOOST_CHECK(distance(part(x.grad()), u.grad()) < 1e-13);
    BOOST_CHECK(distance(part(y.grad()), v.grad()) < 1e-13);
  }
}

BOOST_AUTO_TEST_CASE(one_matrix_on_both_sides) {
  const Tensor x = random({3, 3}), r = random({2, 4});
  expect_gradients("x x", [](const Var& v) { return matmul(v, v); }, {x});
  expect_gradients("x x^T", [](const Var& v) { return matmul(v, transpose(v)); }, {r});
  expect_gradients("x^T x", [](const Var& v) { return matmul(transpose(v), v); }, {r});
}

BOOST_AUTO_TEST_CASE(linear_gradients) {
  std::uint64_t seed = 0;
  for (const Shape& s : {Shape{2, 3}, Shape{3}, Shape{2, 5, 3}, Shape{1, 3}}) {
    const Tensor x = random(s, ++seed), b = random({4}, seed + 200);
    const Tensor w = random({4, 3}, seed + 100);
    expect_gradients("linear with a bias",
                     [](const Var& v, const Var& u, const Var& c) { return linear(v, u, c); },
                     {{x, "x"}, {w, "weight"}, {b, "bias"}});
    expect_gradients("linear", [](const Var& v, const Var& u) { return linear(v, u); }, {x, w});
  }
  expect_gradients("square linear", [](const Var& v, const Var& u) { return linear(v, u); },
                   {random({3, 3}), random({3, 3}, 2)});
}

BOOST_AUTO_TEST_CASE(linear_is_matmul_with_the_transposed_weight) {
  const Var x = constant(random({5, 3})), w = constant(random({4, 3}, 2)),
            b = constant(random({4}, 3));
  // sums of three products in another order: a few roundings
  BOOST_CHECK_LE(distance(linear(x, w, b).value(), (matmul(x, transpose(w)) + b).value()),
                 8 * std::numeric_limits<real>::epsilon());
}

BOOST_AUTO_TEST_CASE(constants_get_no_gradient) {
  const Var x = constant(random({2, 3})), w = variable(random({4, 3})), b = constant(random({4}));
  Tape tape;
  tape.backward(sum(linear(x, w, b)));
  BOOST_CHECK(w.has_grad());
  BOOST_CHECK(!x.has_grad());
  BOOST_CHECK(!b.has_grad());
}

BOOST_AUTO_TEST_CASE(empty_sizes) {
  const std::pair<Shape, Shape> cases[] = {
      {{0, 3}, {3, 4}}, {{2, 0}, {0, 4}}, {{2, 3}, {3, 0}}, {{0, 0}, {0, 0}}, {{2, 0, 3}, {3, 4}},
      {{0, 2, 3}, {0, 3, 4}}, {{2, 2, 0}, {2, 0, 4}}, {{1, 2, 3}, {0, 3, 4}}};
  for (const auto& [s, t] : cases) {
    const Var a = variable(ones(s)), b = variable(ones(t));
    Tape tape;
    const Var y = matmul(a, b);
    BOOST_CHECK(same(y.value(), zeros(y.shape()))); // an empty sum is 0
    tape.backward(y, ones(y.shape()));
    BOOST_CHECK(same(a.grad(), zeros(s)));
    BOOST_CHECK(same(b.grad(), zeros(t)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
