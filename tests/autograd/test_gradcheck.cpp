// The check itself: it must pass right functions, however steep or small, and refuse to check
// nothing. The wrong ones are in tests/planted/.
#include <functional>

#include "autograd/base/rehearsal.hpp"
#include "autograd/check/finite_difference.hpp"
#include "autograd/operators/branches.hpp"
#include "check.hpp"
#include "nn/batch_norm.hpp"
#include "tests/planted/right_cases.hpp"

using namespace tapestry;

namespace {

const Tensor x23 = random({2, 3}, 11), y23 = random({2, 3}, 12), s33 = random({3, 3}, 14);

} // namespace

BOOST_AUTO_TEST_SUITE(gradcheck_)

BOOST_AUTO_TEST_CASE(refuses_to_compare_nothing) {
  const auto problem = [](auto f) {
    const GradcheckReport report = gradcheck(f, {{x23, "a"}, {y23, "b"}});
    BOOST_CHECK(!report.passed);
    BOOST_CHECK(contains(report.text(), report.problem));
    if (report.problem.empty()) BOOST_TEST_MESSAGE(report.text());
    return report.problem;
  };
  const Var c = constant(x23);
  BOOST_CHECK(contains(problem([&](const Var&, const Var&) { return c; }), "vacuous: the output"));
  BOOST_CHECK(contains(problem([](const Var& a, const Var& b) { return detach(a) + detach(b); }),
                       "vacuous: the output"));
  BOOST_CHECK(contains(problem([](const Var& a, const Var&) { return a * 2; }),
                       "vacuous: \"b\" reaches nothing"));
  BOOST_CHECK(contains(problem([](const Var& a, const Var& b) { return a + 0 * b; }),
                       "vacuous: \"b\" reaches nothing"));
  BOOST_CHECK(contains(problem([](const Var& a, const Var& b) { return b + (a - a); }),
                       "vacuous: \"a\" reaches nothing"));
  // gradients of 0 but for rounding are no evidence either
  BOOST_CHECK(contains(problem([](const Var& a, const Var& b) { return sum(softmax(a)) + b; }),
                       "vacuous: \"a\" reaches nothing"));
  BOOST_CHECK(contains(problem([](const Var& a, const Var& b) { return slice(a + b, 0, 1, 1); }),
                       "no entries"));
  BOOST_CHECK(
      contains(problem([](const Var& a, const Var& b) { return a / (b - b); }), "not finite"));
  const auto none = gradcheck([](const Var& a, const Var& b) { return matmul(a, b); },
                              {zeros({2, 0}), zeros({0, 3})});
  BOOST_CHECK(!none.passed);
  BOOST_CHECK(contains(none.problem, "vacuous"));
}

BOOST_AUTO_TEST_CASE(moves_off_kinks) {
  const Tensor at{{-1, 0, 2}, {0, 1, 3}};
  const auto moved = [&](auto f) {
    const GradcheckReport report = gradcheck(f, {at});
    BOOST_CHECK_MESSAGE(report.passed, report.text());
    BOOST_CHECK(contains(report.text(), "moved off a kink"));
    return report.moved;
  };
  BOOST_CHECK(moved([](const Var& x) { return relu(x); }));
  BOOST_CHECK(moved([](const Var& x) { return abs(x); }));
  BOOST_CHECK(moved([](const Var& x) { return clamp(x, 0, 2); }));
  BOOST_CHECK(moved([](const Var& x) { return clamp(x, -3, 2) + 0 * x; }));
  BOOST_CHECK(moved([](const Var& x) { return maximum(x, 0) + 0.5 * x; }));
  BOOST_CHECK(moved([](const Var& x) {
    return max(x * constant(Tensor{1, 1, 0}), {1}, true) + x * x;
  }));
  // near a kink, but not on it: a shorter step does
  const auto near =
      gradcheck([](const Var& x) { return relu(x) + x; }, {Tensor{1e-7, -1e-6, 3e-6}});
  BOOST_CHECK(near.passed);
  BOOST_CHECK(!near.moved);
}

BOOST_AUTO_TEST_CASE(says_when_everything_is_a_kink) {
  const auto f = [](const Var& x) {
    note_branches(1, [&](std::size_t) {
      return static_cast<std::int64_t>(x.value().data()[0] * real(1e15));
    });
    return x * 2;
  };
  const GradcheckReport report = gradcheck(f, {x23});
  BOOST_CHECK(!report.passed);
  BOOST_CHECK(contains(report.problem, "kink"));
}

BOOST_AUTO_TEST_CASE(reports_a_function_that_changes) {
  Rng rng(1);
  const auto random_mask = gradcheck([&](const Var& x) { return dropout(x, 0.5, rng); }, {s33});
  BOOST_CHECK(contains(random_mask.problem, "two calls with the same arguments differ"));
  int calls = 0;
  const auto counts = gradcheck([&](const Var& x) { return x * ++calls; }, {s33});
  BOOST_CHECK(contains(counts.problem, "two calls with the same arguments differ"));
}

BOOST_AUTO_TEST_CASE(passes_steep_small_and_large_functions) {
  const Tensor x = random({3, 4}, 5), p = positive({3, 4}, 6);
  expect_gradients("exp(20 x)", [](const Var& a) { return exp(20 * a); }, {x});
  expect_gradients("1e-6 x", [](const Var& a) { return 1e-6 * a; }, {x});
  expect_gradients("1e6 x", [](const Var& a) { return a * 1e6; }, {x});
  expect_gradients("1e-9 tanh", [](const Var& a) { return 1e-9 * tanh(a); }, {x});
  expect_gradients("tanh, saturated", [](const Var& a) { return tanh(a); },
                   {Tensor{-9, -7, -5, 0, 4, 6, 8}});
  expect_gradients("sigmoid, saturated", [](const Var& a) { return sigmoid(a); },
                   {Tensor{-30, -20, -10, 0, 10, 15}});
  expect_gradients("tanh(1000 x)", [](const Var& a) { return tanh(100 * (a * 0.01)); },
                   {random({3, 4}, 5)});
  expect_gradients("pow", [](const Var& a) { return pow(a, -7.5); }, {p});
  expect_gradients("log near 0", [](const Var& a) { return log(a); }, {Tensor{1e-8, 1e-4, 1, 1e8}});
  expect_gradients("sqrt near 0", [](const Var& a) { return sqrt(a); }, {Tensor{1e-9, 1e-3, 1e9}});
  expect_gradients("x^2 of 1e6", [](const Var& a) { return a * a; }, {Tensor{1e6, -3e5, 1}});
  expect_gradients("1e10 beside 1",
                   [](const Var& a, const Var& b) {
                     return concatenate({a * 1e10, tanh(b)});
                   },
                   {x23, y23});
  expect_gradients("a narrow peak", [](const Var& a) { return exp(-1e6 * (a * a)); },
                   {Tensor{1e-3, -5e-4, 2e-4}});
  expect_gradients("sin-like", [](const Var& a) { return exp(a) * tanh(30 * a) / (1 + a * a); },
                   {x});
}

BOOST_AUTO_TEST_CASE(samples_large_inputs) {
  const Tensor w = random({100, 60}, 7), a = random({2, 100}, 8);
  const auto report = gradcheck([](const Var& x, const Var& y) { return tanh(matmul(x, y)); },
                                {a, w}, {.max_entries = 50});
  BOOST_CHECK_MESSAGE(report.passed, report.text());
  BOOST_CHECK_EQUAL(report.entries.size(), 2 * (50 + 5) + 2);
  BOOST_CHECK_EQUAL(report.entries[109].where, "along direction 5");
  BOOST_CHECK_EQUAL(report.entries.back().where, "along a direction, at another point");
  // a step in any direction crosses some of 20,000 kinks unless it is short
  const auto many =
      gradcheck([](const Var& x) { return relu(x); }, {random({100, 200})}, {.max_entries = 10});
  BOOST_CHECK_MESSAGE(many.passed, many.text());
}

BOOST_AUTO_TEST_CASE(checks_parameters_and_puts_them_back) {
  const Parameter w{"w", s33};
  const auto good =
      gradcheck([&](const Var& x) { return matmul(x, w); }, {x23}, {.parameters = {w}});
  BOOST_CHECK_MESSAGE(good.passed, good.text());
  BOOST_CHECK_EQUAL(good.arguments.back(), "\"w\"");
  BOOST_CHECK_EQUAL(good.entries.size(), 6 + 9 + 2); // each argument once more, elsewhere
  const auto bad = gradcheck([&](const Var& x) { return matmul(x, detach(w)) + mean(w); }, {x23},
                             {.parameters = {w}});
  BOOST_CHECK(!bad.passed);
  BOOST_CHECK(contains(bad.text(), "\"w\" [0, 0]: analytic"));
  const Parameter kinky{"kinky", zeros({3})};
  (void)gradcheck([&](const Var& x) { return x + relu(kinky); }, {x23}, {.parameters = {kinky}});
  BOOST_CHECK(same(kinky.Var::value(), zeros({3})));
  int calls = 0;
  const auto throws = [&](const Var& x) {
    if (++calls > 5) throw std::runtime_error("f");
    return matmul(x, w);
  };
  BOOST_CHECK_THROW(gradcheck(throws, {x23}, {.parameters = {w}}), std::runtime_error);
  BOOST_CHECK(same(w.Var::value(), s33));
}

BOOST_AUTO_TEST_CASE(leaves_an_open_tape_alone) {
  Tape tape;
  BOOST_CHECK(gradcheck([](const Var& x) { return tanh(x); }, {x23}).passed);
  BOOST_CHECK_EQUAL(tape.size(), 0);
}

// f is called many times, and none of them counts: layers that keep statistics ask rehearsing().
BOOST_AUTO_TEST_CASE(every_call_is_a_rehearsal) {
  int counted = 0, calls = 0;
  const auto f = [&](const Var& x) {
    ++calls;
    counted += !rehearsing();
    return 0.5 * tanh(x) + 0.5 * detach(tanh(x));
  };
  BOOST_CHECK(!gradcheck(f, {x23}, {.curve = true}).passed);
  BOOST_TEST(calls > 10);
  BOOST_TEST(counted == 0);
  BOOST_TEST(!rehearsing());
}

// Steps as large as the number leave the domain: shorter ones do. At a kink, too, the point moves
// by a share of itself.
BOOST_AUTO_TEST_CASE(keeps_to_the_domain) {
  expect_gradients("log of 1e-12", [](const Var& a) { return log(a); }, {Tensor{1e-12, 3e-12}});
  const auto throws = [](const Var& a) {
    for (real x : a.value().storage())
      if (x < 0 || x > 1) throw std::domain_error("outside of [0, 1]");
    return square(a) + a;
  };
  expect_gradients("f that throws outside of [0, 1]", throws, {Tensor{1e-9, 0.5, 1 - 1e-7}});
  const auto on_a_kink =
      gradcheck([](const Var& a) { return sqrt(a) * maximum(a, 1e-6); }, {Tensor{1e-6, 2e-6}});
  BOOST_TEST(on_a_kink);
}

BOOST_AUTO_TEST_CASE(passes_large_offsets_and_short_waves) {
  const Tensor zero1 = zeros({1}), one1 = ones({1});
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Tensor x = random({2, 1, 2, 2}, seed);
    for (real& v : x.storage()) v += real(1e6);
    const auto report = gradcheck(
        [&](const Var& a) {
          Tensor m, v;
          return batch_norm2d(a, constant(one1), constant(zero1), 1e-5, m, v);
        },
        {x}, {.seed = seed});
    BOOST_TEST(report);
  }
  expect_gradients("tanh(1e5 x) x", [](const Var& a) { return tanh(1e5 * a) * a; },
                   {Tensor{1e-5, -2e-5, 1}});
  expect_gradients("1e-12 x", [](const Var& a) { return 1e-12 * a; }, {x23});
  expect_gradients("exp far below 0", [](const Var& a) { return exp(a); }, {Tensor{-300, -290}});
}

// What cannot be seen is refused, with the reason; it is not called wrong.
BOOST_AUTO_TEST_CASE(a_gradient_lost_beside_a_large_output) {
  const auto report =
      gradcheck([](const Var& a, const Var& b) { return 1e8 * sum(square(a)) + 1e-8 * sum(b); },
                {{x23, "a"}, {y23, "b"}});
  BOOST_CHECK(!report.passed && report.diagnoses.empty());
  BOOST_CHECK(contains(report.problem, "the gradient of \"b\""));
  BOOST_CHECK(contains(report.problem, "is lost in rounding beside an output"));
}

BOOST_AUTO_TEST_CASE(says_what_was_not_checked) {
  const Parameter w{"w", s33};
  const auto f = [&](const Var& x) { return matmul(x, w); };
  const auto without = gradcheck(f, {x23});
  BOOST_TEST(without.passed);
  BOOST_CHECK(contains(without.text(), "w on the tape was not checked"));
  BOOST_TEST(gradcheck(f, {x23}, {.parameters = {w}}).unchecked.empty());
}

BOOST_AUTO_TEST_CASE(the_report_shows_numbers) {
  const auto report = gradcheck(
      [](const Var& x) {
        return 0.5 * tanh(x) + 0.5 * detach(tanh(x)); // a gradient of half the size
      },
      {{x23, "x"}});
  BOOST_CHECK(contains(report.text(), "6 of 6 numbers differ"));
  BOOST_CHECK(contains(report.text(), "\"x\" [0, 0]: analytic"));
  BOOST_CHECK(contains(report.text(), "ratio 0.5\n"));
}

BOOST_AUTO_TEST_CASE(central_differences) {
  // exp at 1: f(h) - f(0), of size e
  const double e = std::exp(1);
  const auto f = [=](double t) { return Sample{std::exp(1 + t) - e, e, false}; };
  const Difference usual = central_difference(f, usual_step(), 1);
  BOOST_CHECK_SMALL(usual.value - e, 1e-9);
  const Difference best = best_difference(f, 1);
  BOOST_CHECK_SMALL(best.value - e, best.error);
  BOOST_CHECK_LT(best.error, 1e-8);
  const auto kink = [](double t) { return Sample{std::abs(t), 0, true}; };
  BOOST_CHECK(best_difference(kink, 1).kink);
}

// The benchmark checks 10,000: `./course bench diagnosis`.
BOOST_AUTO_TEST_CASE(no_false_alarm_in_2000_right_cases) {
  const std::vector<std::string> alarms = planted::false_alarms(2000, 2024);
  for (const std::string& alarm : alarms) BOOST_ERROR(alarm);
}

BOOST_AUTO_TEST_SUITE_END()
