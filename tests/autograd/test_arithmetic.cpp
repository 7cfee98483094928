// +, -, *, /, negation and maximum, with every pattern of broadcasting.
#include "check.hpp"

using namespace tapestry;

namespace {

using Binary = Var (*)(const Operand&, const Operand&);
struct Named {
  const char* name;
  Binary op;
};
const Named binaries[] = {
    {"+", operator+ },
     {"-", operator- }, {"*", operator* }, {"/", operator/ }, {"maximum", maximum}, {"minimum", minimum}};

// Sizes differ, so that no axis can be taken for another, but for one square case.
const std::pair<Shape, Shape> patterns[] = {
    {{}, {}},
    {{4}, {4}},
    {{2, 3}, {2, 3}},
    {{3, 3}, {3, 3}},
    {{2, 3}, {3}},
    {{3}, {2, 3}},
    {{2, 3}, {2, 1}},
    {{2, 1}, {2, 3}},
    {{1, 3}, {2, 1}},
    {{2, 3}, {}},
    {{}, {2, 3}},
    {{2, 3}, {1}},
    {{2, 3, 4}, {3, 4}},
    {{2, 3, 4}, {4}},
    {{2, 3, 4}, {2, 1, 4}},
    {{2, 3, 4}, {1, 3, 1}},
    {{2, 1, 4}, {3, 1}},
    {{1, 1}, {2, 3}},
    {{2, 1, 1}, {1, 3, 4}},
    {{1}, {1, 1, 1}},
    {{2, 1, 3, 1, 2}, {4, 1, 5, 1}},
};

// Whether an operator takes a pair of operands.
template <class A, class B>
concept Adds = requires(A&& a, B&& b) {
  std::forward<A>(a) + std::forward<B>(b);
};
template <class A, class B>
concept Subtracts = requires(A&& a, B&& b) {
  std::forward<A>(a) - std::forward<B>(b);
};
template <class A, class B>
concept Multiplies = requires(A&& a, B&& b) {
  std::forward<A>(a) * std::forward<B>(b);
};
template <class A, class B>
concept Divides = requires(A&& a, B&& b) {
  std::forward<A>(a) / std::forward<B>(b);
};
template <class A, class B>
concept Compares = requires(A&& a, B&& b) {
  maximum(std::forward<A>(a), std::forward<B>(b));
};
template <class A, class B>
constexpr int taken =
    Adds<A, B> + Subtracts<A, B> + Multiplies<A, B> + Divides<A, B> + Compares<A, B>;

// A Var and a bare tensor: refused, however they are held, and in either order.
using Doubled = decltype(2 * std::declval<Tensor&>());
static_assert(taken<Var&, Tensor&> + taken<Tensor&, Var&> == 0);
static_assert(taken<const Var&, const Tensor&> + taken<const Tensor&, const Var&> == 0);
static_assert(taken<Var, Tensor> + taken<Tensor, Var> == 0);
static_assert(taken<Parameter&, Tensor> + taken<Tensor, const Parameter&> == 0);
static_assert(taken<const Operand&, const Tensor&> + taken<Tensor&, Operand> == 0);
static_assert(taken<Var&, Doubled> + taken<Doubled, Var&> == 0);
static_assert(taken<Var&, Indices&> + taken<Indices&, Var&> == 0);
// All else is as it was.
static_assert(taken<Var&, Var&> == 5 && taken<const Var&, Parameter&> == 5);
static_assert(taken<Var&, double> == 5 && taken<int, Var> == 5);
static_assert(taken<Tensor&, Tensor&> == 5 && taken<Doubled, Tensor&> == 5);

} // namespace

BOOST_AUTO_TEST_SUITE(arithmetic)

BOOST_AUTO_TEST_CASE(gradients_under_every_broadcast) {
  std::uint64_t seed = 0;
  for (const auto& [s, t] : patterns)
    for (const Named& b : binaries) {
      ++seed;
      const std::string what = b.name + (" of " + to_string(s) + " and " + to_string(t));
      // maximum and minimum may well choose all of one side: the sum keeps both in play
      const auto f = [&](const Var& x, const Var& y) {
        const bool chooses = b.op == Binary(maximum) || b.op == Binary(minimum);
        return chooses ? b.op(x, y) + (0.25 * x - 0.5 * y) : b.op(x, y);
      };
      // positive(seed + 1000) keeps a divisor away from 0
      expect_gradients(what.c_str(), f, {{random(s, seed), "a"}, {positive(t, seed + 1000), "b"}});
    }
}

BOOST_AUTO_TEST_CASE(values_under_broadcast) {
  // Exact: one operation an entry.
  const Tensor a{{1, 2, 3}, {4, 5, 6}};
  const Tensor column = tensor({2, 1}, {10, 20});
  const Tensor row{1, 2, 4};
  BOOST_CHECK(same((constant(a) + constant(row)).value(), Tensor{{2, 4, 7}, {5, 7, 10}}));
  BOOST_CHECK(
      same((constant(a) - constant(column)).value(), Tensor{{-9, -8, -7}, {-16, -15, -14}}));
  BOOST_CHECK(same((constant(column) * constant(row)).value(), Tensor{{10, 20, 40}, {20, 40, 80}}));
  BOOST_CHECK(same((constant(a) / constant(row)).value(), Tensor{{1, 1, 0.75}, {4, 2.5, 1.5}}));
  BOOST_CHECK(same((2 - constant(row)).value(), Tensor{1, 0, -2}));
  BOOST_CHECK(same(maximum(constant(a), 3).value(), Tensor{{3, 3, 3}, {4, 5, 6}}));
  BOOST_CHECK(same((-constant(row)).value(), Tensor{-1, -2, -4}));
}

BOOST_AUTO_TEST_CASE(negation) {
  for (const Shape& s : {Shape{}, Shape{3}, Shape{2, 3}})
    expect_gradients("negate", [](const Var& x) { return -x; }, {random(s)});
}

BOOST_AUTO_TEST_CASE(a_variable_used_twice) {
  const Tensor x = random({2, 3});
  expect_gradients("x * x", [](const Var& v) { return v * v; }, {x});
  expect_gradients("x + x", [](const Var& v) { return v + v; }, {x});
  expect_gradients("x / (x * x)", [](const Var& v) { return v / (v * v); }, {positive({2, 3})});
  expect_gradients("x - x^2", [](const Var& v) { return v - v * v; }, {x});
  expect_gradients("diamond",
                   [](const Var& v) {
                     const Var a = v * 2;
                     return (a + v) * (a - 3 * v);
                   },
                   {x});
  expect_gradients("x[:, 0] against x", [](const Var& v) { return v * slice(v, 1, 0, 1); }, {x});

  const Var three = variable(Tensor(3));
  Tape tape;
  tape.backward(three * three);
  BOOST_CHECK_EQUAL(three.grad().data()[0], 6); // exact: small whole numbers
}

BOOST_AUTO_TEST_CASE(a_constant_gets_no_gradient) {
  const Tensor x = random({2, 3}), c = positive({3});
  for (const Named& b : binaries) {
    expect_gradients(b.name, [&](const Var& v) { return b.op(v, constant(c)); }, {x});
    expect_gradients(b.name, [&](const Var& v) { return b.op(constant(c), v); },
                     {positive({2, 3})});
    const Var v = variable(x), k = constant(c);
    Tape tape;
    const Var left = b.op(v, k);
    tape.backward(sum(left * left));
    BOOST_CHECK(v.has_grad());
    BOOST_CHECK_MESSAGE(!k.has_grad(), b.name << " computed a constant's gradient");
  }
}

BOOST_AUTO_TEST_CASE(equal_entries_of_maximum_share) {
  const Var a = variable(Tensor{1, 2, 3}), b = variable(Tensor{1, 3, 2});
  Tape tape;
  tape.backward(maximum(a, b), Tensor{4, 10, 100});
  BOOST_CHECK(same(a.grad(), Tensor{2, 0, 100}));
  BOOST_CHECK(same(b.grad(), Tensor{2, 10, 0}));

  const GradcheckReport report =
      gradcheck([](const Var& x, const Var& y) { return maximum(x, y); }, {a, b});
  BOOST_CHECK(report.passed);
  BOOST_CHECK(report.moved); // it lay on a kink
}

BOOST_AUTO_TEST_CASE(equal_infinities_share) { // masked scores meet them
  const real infinity = std::numeric_limits<real>::infinity();
  for (const auto op : {Binary(maximum), Binary(minimum)})
    for (const real x : {infinity, -infinity}) {
      const Var a = variable(full({19}, x)), b = variable(full({19}, x));
      Tape tape;
      tape.backward(op(a, b), ones({19}));
      BOOST_CHECK(same(a.grad(), full({19}, real(0.5))));
      BOOST_CHECK(same(b.grad(), full({19}, real(0.5))));
    }
}

BOOST_AUTO_TEST_CASE(large_tensors_are_as_small_ones) {
  // Above 100,000 entries the cores share the work: every entry as if it stood alone.
  const Tensor a = random({60, 40, 50}, 1);
  for (const Shape& t : {Shape{60, 40, 50}, {50}, {60, 40, 1}, {60, 1, 50}, {1, 40, 1}, {}, {1, 1, 1}})
    for (const Named& op : binaries) {
      const Var x = variable(a), w = variable(positive(t, 2));
      Tape tape;
      const Var y = op.op(x, w), z = op.op(w, x);
      tape.backward(y + 2 * z, ones(a.shape()));
      Tensor dw = zeros(t);
      for (std::size_t i = 0; i < 60; ++i) { // one block at a time
        const Var xi = variable(select(constant(a), 0, i).value());
        const Var wi = variable(w.rank() == 3 && t[0] == 60 ? select(w, 0, i).value()
                                : w.rank() == 3             ? select(w, 0, 0).value()
                                                            : w.value());
        Tape small;
        const Var yi = op.op(xi, wi), zi = op.op(wi, xi);
        small.backward(yi + 2 * zi, ones(yi.shape()));
        BOOST_CHECK(same(select(constant(y.value()), 0, i).value(), yi.value()));
        BOOST_CHECK(same(select(constant(z.value()), 0, i).value(), zi.value()));
        BOOST_CHECK(same(select(constant(x.grad()), 0, i).value(), xi.grad()));
        const std::size_t n = wi.grad().size(), at = w.rank() == 3 && t[0] == 60 ? i * n : 0;
        for (std::size_t j = 0; j < n; ++j) dw.data()[at + j] += wi.grad().data()[j];
      }
      // the sums run in another order: some hundred roundings
      BOOST_CHECK_MESSAGE(distance(w.grad(), dw) < 1e-11, op.name << to_string(t));
    }
}

BOOST_AUTO_TEST_CASE(gradients_add_up_over_tapes) {
  const Var x = variable(Tensor{1, 2});
  for (int pass = 0; pass < 3; ++pass) {
    Tape tape;
    tape.backward(sum(x * 5));
  }
  BOOST_CHECK(same(x.grad(), Tensor{15, 15}));
  x.zero_grad();
  BOOST_CHECK(same(x.grad(), Tensor{0, 0}));
}

BOOST_AUTO_TEST_CASE(empty_tensors) {
  for (const Named& b : binaries) {
    const Var x = variable(zeros({0, 3})), w = variable(ones({3}));
    Tape tape;
    const Var y = b.op(x, w);
    BOOST_CHECK_EQUAL(to_string(y.shape()), "(0, 3)");
    tape.backward(y, zeros({0, 3}));
    BOOST_CHECK(same(w.grad(), zeros({3})));
  }
}

BOOST_AUTO_TEST_SUITE_END()
