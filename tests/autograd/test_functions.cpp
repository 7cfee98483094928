// Functions of one tensor, entry by entry.
#include "check.hpp"

using namespace tapestry;

namespace {

const Shape shapes[] = {{}, {5}, {2, 3}, {3, 3}, {2, 1, 4}};

} // namespace

BOOST_AUTO_TEST_SUITE(functions)

BOOST_AUTO_TEST_CASE(gradients) {
  std::uint64_t seed = 0;
  for (const Shape& s : shapes) {
    const Tensor x = random(s, ++seed), p = positive(s, seed);
    expect_gradients("exp", [](const Var& v) { return exp(v); }, {x});
    expect_gradients("log", [](const Var& v) { return log(v); }, {p});
    expect_gradients("tanh", [](const Var& v) { return tanh(v); }, {x});
    expect_gradients("sigmoid", [](const Var& v) { return sigmoid(v); }, {x});
    expect_gradients("softplus", [](const Var& v) { return softplus(v); }, {x});
    expect_gradients("square", [](const Var& v) { return square(v); }, {x});
    expect_gradients("sqrt", [](const Var& v) { return sqrt(v); }, {p});
    expect_gradients("relu", [](const Var& v) { return relu(v) + v * 0.5; }, {x});
    expect_gradients("abs", [](const Var& v) { return abs(v); }, {x});
    expect_gradients("relu6", [](const Var& v) { return relu6(v * 6) + v * 0.5; }, {x});
    expect_gradients("clamp", [](const Var& v) { return clamp(v, -0.5, 0.75) + v * 0.5; }, {x});
    expect_gradients("clamp below", [](const Var& v) { return clamp(v, -0.5) + v * 0.5; }, {x});
    for (double e : {2.0, 3.0, 0.5, -1.0, 1.0, -2.5})
      expect_gradients("pow", [e](const Var& v) { return pow(v, e); }, {p});
    expect_gradients("pow of a negative number", [](const Var& v) { return pow(v, 3); }, {x});
  }
}

BOOST_AUTO_TEST_CASE(one_variable_in_many_functions) {
  expect_gradients("exp(x) tanh(x) + sqrt(exp(x))",
                   [](const Var& v) {
                     const Var e = exp(v);
                     return e * tanh(v) + sqrt(e);
                   },
                   {random({2, 3})});
}

BOOST_AUTO_TEST_CASE(the_derivative_at_a_kink) {
  const auto gradient = [](auto f, Tensor at) {
    const Var x = variable(std::move(at));
    Tape tape;
    const Var y = f(x);
    tape.backward(y, ones(x.shape()));
    return x.grad();
  };
  const Tensor at{-1, 0, 2};
  BOOST_CHECK(same(gradient([](const Var& x) { return relu(x); }, at), Tensor{0, 0, 1}));
  BOOST_CHECK(same(gradient([](const Var& x) { return abs(x); }, at), Tensor{-1, 0, 1}));
  BOOST_CHECK(
      same(gradient([](const Var& x) { return relu6(x); }, Tensor{0, 3, 6}), Tensor{0, 1, 0}));
  BOOST_CHECK(same(gradient([](const Var& x) { return clamp(x, 0, 2); }, at), Tensor{0, 1, 1}));
  BOOST_CHECK(same(gradient([](const Var& x) { return clamp(x, -1, 3); }, at), Tensor{1, 1, 1}));
  BOOST_CHECK(same(gradient([](const Var& x) { return pow(x, 0); }, at), Tensor{0, 0, 0}));
}

BOOST_AUTO_TEST_CASE(a_number_in_a_register_and_alone) {
  // 23 equal entries fill whole registers and leave some over; one entry stands alone. Both must be
  // the standard library's number, within a few units in the last place of double.
  const double inf = std::numeric_limits<double>::infinity(), nan = std::nan("");
  const double numbers[] = {nan,  inf,    -inf,   0.0,     -0.0,   1,      -1,      2,
                            -2.5, 3,      -3,     709.7,   709.79, -708.5, -720,    -745.1,
                            -746, 5e-324, 1e-310, -1e-310, 1e-300, 1e300,  1.7e308, -1.7e308};
  const auto expect = [&](const char* what, double x, double wanted, auto f) {
    const Tensor many = f(constant(full({23}, x))).value(), one = f(constant(Tensor{x})).value();
    for (double v : many.storage()) {
      const bool equal = v == one(0) || (std::isnan(v) && std::isnan(one(0)));
      BOOST_CHECK_MESSAGE(equal, what << " of " << x << ": " << v << ", alone " << one(0));
    }
    // a denormal result has fewer digits: its last place is 5e-324. A power is exp(p log x), whose
    // error grows with p log x.
    const double digits =
        std::isnormal(wanted) ? std::max(1.0, std::abs(std::log(std::abs(wanted)))) : 1;
    const double error = std::abs(one(0) - wanted);
    const bool right = one(0) == wanted || (std::isnan(one(0)) && std::isnan(wanted)) ||
                       error <= std::max(1e-15 * digits * std::abs(wanted), 5e-324);
    BOOST_CHECK_MESSAGE(right, what << " of " << x << ": " << one(0) << ", not " << wanted);
  };
  for (double x : numbers) {
    expect("exp", x, std::exp(x), [](const Var& v) { return exp(v); });
    expect("log", x, std::log(x), [](const Var& v) { return log(v); });
    expect("relu", x, std::isnan(x) ? x : std::max(x, 0.0), [](const Var& v) { return relu(v); });
    expect("abs", x, std::abs(x), [](const Var& v) { return abs(v); });
    expect("relu6", x, std::isnan(x) ? x : std::clamp(x, 0.0, 6.0),
           [](const Var& v) { return relu6(v); });
    expect("clamp", x, std::isnan(x) ? x : std::clamp(x, -2.0, 2.0),
           [](const Var& v) { return clamp(v, -2, 2); });
    expect("sqrt", x, std::sqrt(x), [](const Var& v) { return sqrt(v); });
    for (double p : {0.0, 1.0, 2.0, 3.0, -1.0, -2.0, 1.5, 5.0})
      expect("pow", x, std::pow(x, p), [p](const Var& v) { return pow(v, p); });
  }
}

BOOST_AUTO_TEST_CASE(nothing_not_finite_is_lost_on_a_checked_tape) {
  Var (*const functions[])(const Operand&) = {relu, abs, softplus};
  for (const auto f : functions) {
    Tape tape({.check_finite = true});
    const Var x = variable(full({19}, std::nan("")));
    BOOST_CHECK_THROW(f(x), TapeError);
  }
}

BOOST_AUTO_TEST_CASE(a_clipped_gradient) { // what arrives is cut, and added to what is there
  const Var x = variable(Tensor{-7, 0.25, 7});
  Tape tape;
  const Var y = clip_gradient(x, 1);
  BOOST_CHECK(same(y.value(), x.value()));
  const Var both = y + x * 8.0;
  tape.backward(both, Tensor{4, 0.5, -3});
  BOOST_CHECK(same(x.grad(), Tensor{33, 4.5, -25}));
}

BOOST_AUTO_TEST_CASE(bounds_that_are_none) {
  for (const double bound : {-1.0, std::nan("")})
    BOOST_CHECK(contains(message_of<std::invalid_argument>([&] {
                           clip_gradient(constant(Tensor{1, 2}), bound);
                         }),
                         "expected at least 0"));
  // As in PyTorch, where the lower bound is above the upper: the upper.
  BOOST_CHECK(same(clamp(constant(Tensor{1, 2.5, 5}), 3, 2).value(), Tensor{2, 2, 2}));
}

BOOST_AUTO_TEST_CASE(far_out) {
  // sigmoid and tanh saturate without overflow; one rounding of 1 is the tolerance
  const Var x = constant(Tensor{-800, -40, 40, 800});
  BOOST_CHECK_LE(distance(sigmoid(x).value(), tensor({4}, {0, 4.248354255291589e-18, 1, 1})), 3e-7);
  BOOST_CHECK_LE(distance(tanh(x).value(), Tensor{-1, -1, 1, 1}), 3e-7);
  BOOST_CHECK_GT(sigmoid(constant(Tensor(-40))).item(), 0); // the tail is not cut off
}

BOOST_AUTO_TEST_CASE(empty_tensors) {
  const auto report = gradcheck([](const Var& v) { return exp(v); }, {zeros({0, 3})});
  BOOST_CHECK(!report.passed);
  BOOST_CHECK_EQUAL(report.problem, "the output has no entries");
  const Var x = variable(zeros({0, 3}));
  Tape tape;
  const Var y = relu(tanh(exp(x)));
  tape.backward(y, zeros({0, 3}));
  BOOST_CHECK_EQUAL(to_string(x.grad().shape()), "(0, 3)");
}

BOOST_AUTO_TEST_SUITE_END()
