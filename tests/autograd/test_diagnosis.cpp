// What a failed check says: the likely cause, with its evidence, and how it is printed.
#include <fstream>
#include <optional>
#include <sstream>

#include <nlohmann/json.hpp>

#include "autograd/xt.hpp"
#include "check.hpp"
#include "tests/planted/planted.hpp"
#include "tests/planted/table.hpp"

using namespace tapestry;

namespace {

using planted::g;
using planted::mine;
using planted::v;

std::vector<std::string> names(const GradcheckReport& report) {
  std::vector<std::string> all;
  for (const Diagnosis& d : report.diagnoses)
    if (std::find(all.begin(), all.end(), d.name) == all.end()) all.push_back(d.name);
  return all;
}

void expect_names(const GradcheckReport& report, const std::vector<std::string>& wanted) {
  BOOST_CHECK(!report.passed);
  const std::vector<std::string> got = names(report);
  BOOST_TEST_CONTEXT(report) BOOST_TEST(got == wanted, boost::test_tools::per_element());
}

void expect_text(const GradcheckReport& report, std::initializer_list<const char*> parts) {
  for (const char* part : parts)
    BOOST_CHECK_MESSAGE(contains(report.text(), part), report.text() << "lacks: " << part);
}

// x times k, and the gradient divided by n.
Var divided(const Var& x, real n) {
  return mine(x.value() * real(3), {x}, [x, n](const Var& y) { x.grad() += 3 * y.grad() / n; });
}

Var twice_the_slope(const Var& x) {
  return mine(xt::tanh(x.value()), {x}, [x](const Var& y) {
    for (std::size_t i = 0; i < x.value().size(); ++i)
      g(x)[i] += 2 * g(y)[i] * (1 - v(y)[i] * v(y)[i]);
  });
}

} // namespace

BOOST_AUTO_TEST_SUITE(diagnosis_)

// The table: every mistake is rejected, nearly every one is named, of those that were written
// without knowing the hypotheses most. What the rest is called is printed by
// `./course bench diagnosis`.
BOOST_AUTO_TEST_CASE(planted_mistakes_are_rejected_and_named) {
  std::vector<planted::Miss> misses;
  const std::vector<planted::Row> rows = planted::judge_all(misses);
  BOOST_TEST_MESSAGE(planted::table(rows) << planted::list(misses));
  BOOST_TEST(rows.size() == 13u);
  for (const planted::Row& row : rows) BOOST_TEST_CONTEXT(row.name) {
      const double share = row.name == "by a second hand" ? 0.7 : 0.9;
      BOOST_TEST(row.planted >= 12u);
      BOOST_TEST(row.rejected == row.planted);
      BOOST_TEST(double(row.named) >= share * double(row.covered));
      BOOST_TEST(double(row.named_at_one_shape) >= share * double(row.covered));
    }
  BOOST_TEST(rows[0].covered >= 80u);
  BOOST_TEST(double(rows[0].alone) >= 0.9 * double(rows[0].covered));
  BOOST_TEST(double(rows[0].named) >= 0.95 * double(rows[0].covered));
  std::ifstream file(TAPESTRY_PLANTED);
  const std::string shown((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  BOOST_CHECK_MESSAGE(contains(shown, planted::table(rows)) &&
                          contains(shown, planted::list(misses)),
                      "chapter 4 shows another table; ./course regen ch04 renews it");
}

// A scalar is compared in one number: what shows in it must not depend on the cotangent's luck.
BOOST_AUTO_TEST_CASE(rejects_what_one_number_may_hide) {
  const auto identity = [](const Var& x, auto pull) {
    return mine(x.value(), {x}, [x, pull](const Var& y) { g(x)[0] += pull(g(y)[0]); });
  };
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    const GradcheckOptions options{.seed = seed};
    const auto clipped = [](real dy) { return std::clamp(dy, real(-3), real(3)); };
    expect_names(
        gradcheck([&](const Var& x) { return identity(x, clipped); }, {Tensor(1)}, options),
        {"upstream not linear"});
    const auto unsigned_ = [](real dy) { return std::abs(dy); };
    expect_names(
        gradcheck([&](const Var& x) { return identity(x, unsigned_); }, {Tensor(1)}, options),
        {"upstream not linear"});
  }
}

BOOST_AUTO_TEST_CASE(says_what_it_saw_in_numbers) {
  const auto f = [](const Var& x) { return divided(x, static_cast<real>(x.shape()[0])); };
  const auto report = gradcheck(f, {{random({4, 6}), "x"}});
  expect_names(report, {"mean for sum"});
  BOOST_TEST(report.diagnoses[0].argument == "\"x\"");
  BOOST_TEST(report.diagnoses[0].evidence ==
             "analytic = 0.25 x numeric in all 24 entries of \"x\"; "
             "the batch is 4: a mean where a sum belongs?");
}

BOOST_AUTO_TEST_CASE(names_both_of_two_that_explain_equally_well) {
  const auto by_batch = [](const Var& x) { return divided(x, static_cast<real>(x.shape()[0])); };
  const auto by_two = [](const Var& x) { return divided(x, 2); };
  const Tensor x = random({2, 5}), taller = random({4, 5});
  expect_names(gradcheck(by_batch, {x}), {"constant factor", "mean for sum"});
  expect_names(gradcheck(by_two, {x}), {"constant factor", "mean for sum"});
  // a second shape tells them apart
  expect_names(gradcheck(by_batch, {x}, {.also = {{taller}}}), {"mean for sum"});
  expect_names(gradcheck(by_two, {x}, {.also = {{taller}}}), {"constant factor"});
}

// Fewer entries go in than come out, so no sum over them can be at fault.
BOOST_AUTO_TEST_CASE(a_quarter_is_no_sum) {
  const auto f = [](const Var& x, const Var& b) {
    return mine(x.value() + b.value(), {x, b}, [x, b](const Var& y) {
      x.grad() += y.grad();
      b.grad() += xt::mean(y.grad(), {0});
    });
  };
  expect_names(gradcheck(f, {random({4, 5}), random({5})}), {"mean for sum"});
}

BOOST_AUTO_TEST_CASE(checks_all_shapes) {
  // right for a square matrix only
  const auto f = [](const Var& x) {
    const Tensor out = xt::sum(x.value(), {0});
    return mine(out, {x}, [x](const Var& y) {
      const std::size_t n = x.shape()[0];
      for (std::size_t i = 0; i < x.value().size(); ++i) g(x)[i] += g(y)[i % n % x.shape()[1]];
    });
  };
  BOOST_CHECK(gradcheck(f, {random({3, 3})}).passed);
  const auto report =
      gradcheck(f, {random({3, 3})}, {.also = {{random({4, 4})}, {random({2, 3})}}});
  BOOST_CHECK(!report.passed);
  BOOST_TEST(report.shapes == "(2, 3)");
  expect_text(report, {"with arguments of shapes (2, 3)"});
  const auto right =
      gradcheck([](const Var& x) { return tanh(x); }, {random({3})}, {.also = {{random({2, 2})}}});
  BOOST_TEST(right.passed);
  BOOST_TEST(right.entries.size() == 3u + 1 + 4 + 1);
}

BOOST_AUTO_TEST_CASE(says_unclassified_and_where) {
  const auto f = [](const Var& x) {
    return mine(x.value() * real(3), {x}, [x](const Var& y) {
      const real odd[] = {1, 1, 1, real(0.7), real(1.9), real(-0.2)};
      for (std::size_t i = 0; i < 6; ++i) g(x)[i] += 3 * odd[i] * g(y)[i];
    });
  };
  const auto report = gradcheck(f, {random({2, 3})});
  expect_names(report, {"unclassified"});
  expect_text(report, {"3 of 6 entries of argument 1 differ, where axis 0 is 1; no hypothesis"});
}

BOOST_AUTO_TEST_CASE(points_at_the_operator) {
  const int line = __LINE__;
  const auto f = [](const Var& x, const Var& w) {
    const Var h = tanh(matmul(x, w));
    const Var wrong = twice_the_slope(h); // two lines above its pull-back
    return softmax(wrong * 3);
  };
  const auto report = gradcheck(f, {random({4, 3}, 1), random({3, 5}, 2)});
  expect_names(report, {"constant factor"});
  BOOST_TEST(contains(report.operation, "mine at autograd/test_diagnosis.cpp:"));
  (void)line;
}

BOOST_AUTO_TEST_CASE(what_shows_on_the_tape_names_the_line) {
  int line = 0;
  const auto f = [&](const Var& x) {
    const Var h = x * 2;
    line = __LINE__ + 1;
    const Var a = mine(xt::tanh(h.value()), {h}, [h](const Var& y) {
      for (std::size_t i = 0; i < 6; ++i) g(h)[i] = g(y)[i] * (1 - v(y)[i] * v(y)[i]);
    });
    const Var b = h * h; // pulled back before it, and then overwritten
    return a + b;
  };
  const auto overwrites = gradcheck(f, {random({2, 3})});
  expect_names(overwrites, {"overwritten"});
  BOOST_TEST(contains(overwrites.diagnoses[0].evidence,
                      "test_diagnosis.cpp:" + std::to_string(line) + " replaces"));
  expect_text(overwrites, {" lies there afterwards, whether it was "});
  const auto cut = gradcheck(
      [](const Var& x) {
        const Var h = exp(x);
        return h * detach(h);
      },
      {random({2, 3})});
  expect_names(cut, {"zero"});
  expect_text(cut, {"uses a copy of the result of exp at autograd/test_diagnosis.cpp:"});
  const auto unrecorded = gradcheck([](const Var& x) { return Var(x.value()); }, {random({3})});
  expect_names(unrecorded, {"zero"});
  expect_text(unrecorded, {"nothing on the tape connects"});
}

BOOST_AUTO_TEST_CASE(blames_no_layer_of_the_library) {
  for (const planted::Planted& p : planted::beside_layers()) BOOST_TEST_CONTEXT(p.op) {
      const auto report = p.check(false);
      const bool named = contains(report.operation, "mine at planted/beside.cpp") ||
                         contains(report.diagnoses.at(0).evidence, "mine at planted/beside.cpp");
      BOOST_CHECK_MESSAGE(named, report);
    }
}

// A scalar loss behind it hides no operator.
BOOST_AUTO_TEST_CASE(looks_at_the_operator_before_a_loss) {
  const auto report =
      gradcheck([](const Var& x) { return mean(twice_the_slope(x)); }, {random({3, 4})});
  expect_names(report, {"constant factor"});
}

BOOST_AUTO_TEST_CASE(a_gradient_that_is_not_finite) {
  const auto f = [](const Var& x) {
    return mine(x.value() * x.value() * x.value(), {x}, [x](const Var& y) {
      for (std::size_t i = 0; i < x.value().size(); ++i) g(x)[i] += 3 * g(y)[i] * v(y)[i] / v(x)[i];
    });
  };
  Tensor x = random({3, 4});
  x(1, 1) = 0;
  const auto report = gradcheck(f, {x});
  expect_names(report, {"not finite"});
  expect_text(report, {"gives NaN to 1 of 12 entries of argument 1: at [1, 1], where it is 0: a "
                       "division by 0?"});
}

// Right where the first call was, and at all points with the same signs.
BOOST_AUTO_TEST_CASE(a_mask_kept_from_the_first_call) {
  std::optional<Tensor> kept;
  const auto f = [&](const Var& x) {
    const Tensor mask = xt::cast<real>(x.value() > 0);
    if (!kept) kept = mask;
    return mine(x.value() * mask, {x}, [x, &kept](const Var& y) { x.grad() += y.grad() * *kept; });
  };
  const auto report = gradcheck(f, {random({3, 4})});
  expect_names(report, {"stale value"});
  expect_text(report, {"at another point", "is right at one point"});
}

BOOST_AUTO_TEST_CASE(what_clips_large_gradients) {
  const auto f = [](const Var& x) {
    return mine(x.value() * real(3), {x}, [x](const Var& y) {
      for (std::size_t i = 0; i < x.value().size(); ++i)
        g(x)[i] += 3 * std::clamp(g(y)[i], real(-200), real(200));
    });
  };
  expect_names(gradcheck([&](const Var& x) { return mean(f(x)); }, {random({3, 4})}),
               {"upstream not linear"});
}

BOOST_AUTO_TEST_CASE(a_pull_back_that_draws_random_numbers) {
  Rng rng(3);
  const auto f = [&](const Var& x) {
    return mine(x.value() * real(3), {x}, [x, &rng](const Var& y) {
      for (std::size_t i = 0; i < x.value().size(); ++i)
        g(x)[i] += rng.uniform(0, 1) < 0.5 ? 0 : 3 * g(y)[i];
    });
  };
  const auto report = gradcheck(f, {random({3, 4})});
  expect_names(report, {"random"});
  expect_text(report, {"the same pull-back run twice gives two results"});
}

BOOST_AUTO_TEST_CASE(what_was_not_recorded) {
  const auto report = gradcheck(
      [](const Var& x) { return Var{xt::tanh(x.value())} * x; }, {random({2, 3})});
  expect_names(report, {"zero"});
  expect_text(report, {"input 1 of * at ", "is a constant, but changes when the arguments do"});
}

// log(sum(exp(x - max))) + max, the maximum detached twice, is right; what comes after it is not.
BOOST_AUTO_TEST_CASE(a_detached_value_that_does_no_harm) {
  const auto f = [](const Var& x) {
    const Var m = max(detach(x), {-1}, true);
    return twice_the_slope(log(sum(exp(x - m), {-1}, true)) + m);
  };
  const auto report = gradcheck(f, {random({3, 4})});
  expect_names(report, {"constant factor"});
  expect_text(report, {"mine at autograd/test_diagnosis.cpp:"});
}

BOOST_AUTO_TEST_CASE(steps_are_those_of_sequences) {
  const auto products = [](const Var& x) { return twice_the_slope(x); };
  BOOST_TEST(gradcheck(products, {random({3, 2, 4})}).steps.empty());
}

BOOST_AUTO_TEST_CASE(a_later_call_must_not_change_an_earlier_one) {
  Tensor buffer; // shared by all calls
  const auto f = [&](const Var& x) {
    buffer = xt::exp(x.value());
    return mine(buffer, {x}, [&buffer, x](const Var& y) { x.grad() += y.grad() * buffer; });
  };
  const auto report = gradcheck(f, {random({2, 3})});
  expect_names(report, {"stale value"});
  BOOST_TEST(contains(report.problem, "second backward pass"));
}

BOOST_AUTO_TEST_CASE(follows_a_sequence_from_its_end) {
  // h_s = x_s + h_{s-1} / 2, whose pull-back stops after two steps
  const auto f = [](const Var& x) {
    Tensor out = x.value();
    const std::size_t row = out.size() / x.shape()[0];
    for (std::size_t i = row; i < out.size(); ++i) out.data()[i] += out.data()[i - row] / 2;
    return mine(out, {x}, [x, row](const Var& y) {
      for (std::size_t i = 0; i < x.value().size(); ++i)
        g(x)[i] += g(y)[i] + (i + row < x.value().size() ? g(y)[i + row] / 2 : 0);
    });
  };
  const auto report = gradcheck(f, {{random({5, 2, 3}), "x"}});
  expect_names(report, {"truncated in time"});
  expect_text(report, {"\"x\" is right for 2 steps back and 0 for all before"});
  BOOST_REQUIRE(report.steps.size() == 1);
  BOOST_TEST(report.steps[0] == "\"x\": counted from the end, step 2 of 0 to 4 is the first that "
                                "differs; 2 steps agree before it");
}

BOOST_AUTO_TEST_CASE(a_pull_back_that_throws_or_leaves_a_wrong_shape) {
  const auto row = [](const Var& x, const Var& b) {
    return mine(x.value() + b.value(), {x, b}, [x, b](const Var& y) {
      x.grad() += y.grad();
      b.grad() = y.grad(); // not summed over the rows
    });
  };
  const auto broadcast = gradcheck(row, {random({2, 3}), random({3})});
  expect_names(broadcast, {"broadcast not summed back"});
  expect_text(broadcast, {"a gradient is (2, 3), where (3) belongs"});
  const auto product = [](const Var& x, const Var& w) {
    return mine(matmul(detach(x), detach(w)).value(), {x, w}, [x, w](const Var& y) {
      x.grad() += xt::zeros<real>({2, 3});
      w.grad() = xt::zeros<real>({4, 3});
      (void)y;
    });
  };
  expect_names(gradcheck(product, {random({2, 3}), random({3, 4})}), {"transposed"});
  const auto throws = [](const Var& x) {
    return mine(x.value(), {x}, [](const Var&) { throw std::runtime_error("TODO: pull-back"); });
  };
  const auto broken = gradcheck(throws, {random({3})});
  BOOST_CHECK(!broken.passed);
  expect_text(broken, {"the pull-back of mine at autograd/test_diagnosis.cpp:", "TODO: pull-back"});
}

BOOST_AUTO_TEST_CASE(finds_one_wrong_entry_of_many) {
  const auto f = [](const Var& x) {
    return mine(x.value() * real(3), {x}, [x](const Var& y) {
      for (std::size_t i = 0; i < 3000; ++i) g(x)[i] += (i == 777 ? 4 : 3) * g(y)[i];
    });
  };
  const auto report = gradcheck(f, {random({60, 50})}, {.max_entries = 20});
  BOOST_CHECK(!report.passed);
  BOOST_REQUIRE(report.diagnoses.size() == 1);
  expect_names(report, {"constant factor"});
  expect_text(report,
              {"analytic = 1.33 x numeric in 1 of", ", at [15, 27], and right in the others"});
}

BOOST_AUTO_TEST_CASE(leaves_everything_as_it_was) {
  const Tensor value = random({3, 3});
  const Parameter w{"w", value};
  Tape tape;
  const auto f = [&](const Var& x) {
    return mine(matmul(detach(x), detach(w)).value(), {x, w}, [x, w](const Var& y) {
      for (std::size_t i = 0; i < 9; ++i) g(w)[i] += v(x)[i] * g(y)[i];
    });
  };
  const auto report = gradcheck(f, {random({3, 3}, 2)}, {.parameters = {w}});
  BOOST_CHECK(!report.passed);
  BOOST_CHECK(!report.diagnoses.empty());
  BOOST_CHECK(same(w.Var::value(), value));
  BOOST_CHECK(!w.has_grad());
  BOOST_TEST(tape.size() == 0u);
  const auto quiet = gradcheck(f, {random({3, 3}, 2)}, {.parameters = {w}, .diagnose = false});
  BOOST_CHECK(!quiet.passed && quiet.diagnoses.empty());
}

// Its second point is made of the first one's numbers, in another order.
BOOST_AUTO_TEST_CASE(a_function_that_is_not_defined_at_other_points) {
  const auto f = [](const Var& p) {
    if (!std::is_sorted(v(p), v(p) + 4)) throw std::domain_error("bounds must ascend");
    return twice_the_slope(p);
  };
  expect_names(gradcheck(f, {Tensor{-1, 0.5, 2, 3}}), {"constant factor"});
}

BOOST_AUTO_TEST_CASE(the_report_is_short_and_coloured_on_demand) {
  const auto report = gradcheck([](const Var& x) { return twice_the_slope(x); }, {random({20, 9})});
  const std::string text = report.text();
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') <= 8);
  BOOST_TEST(!contains(text, "\033"));
  const std::string coloured = report.text(true);
  BOOST_TEST(contains(coloured, "\033[31m180 of 180 numbers differ\033[0m"));
  BOOST_TEST(contains(coloured, "\033[1mconstant factor\033[0m"));
  std::ostringstream out;
  out << report;
  BOOST_TEST(out.str() == "\n" + text);
}

BOOST_AUTO_TEST_CASE(the_report_for_programs) {
  const auto report =
      gradcheck([](const Var& x) { return twice_the_slope(x); }, {{Tensor{1, 2}, "x"}});
  const auto json = nlohmann::json::parse(report.to_json());
  BOOST_TEST(json.at("passed") == false);
  BOOST_TEST(json.at("wrong").size() == 2u);
  BOOST_TEST(json.at("wrong")[1].at("where") == "[1]");
  BOOST_TEST(json.at("diagnoses")[0].at("name") == "constant factor");
  BOOST_TEST(json.at("diagnoses")[0].at("argument") == "\"x\"");
  const auto right = gradcheck([](const Var& x) { return tanh(x); }, {Tensor{1, 2}});
  BOOST_TEST(nlohmann::json::parse(right.to_json()).at("diagnoses").empty());
  const std::vector<std::string> known = gradcheck_diagnoses();
  for (const Diagnosis& d : report.diagnoses)
    BOOST_TEST((std::find(known.begin(), known.end(), d.name) != known.end()));
}

BOOST_AUTO_TEST_CASE(works_in_one_line) {
  const Var x = variable(random({2, 3}), "x");
  BOOST_TEST(gradcheck([&](auto a) { return tanh(a); }, {x}));
  BOOST_TEST(!gradcheck([&](auto a) { return twice_the_slope(a); }, {x}));
}

BOOST_AUTO_TEST_CASE(the_curve_tells_wrong_from_coarse) {
  const auto error = [](const GradcheckReport& r, double step) {
    for (const auto& p : r.curve)
      if (std::abs(p.step - step) < 1e-3 * step) return p.error;
    return -1.0;
  };
  const Tensor x = random({2, 3});
  const auto right = gradcheck([](const Var& a) { return exp(a); }, {x}, {.curve = true});
  BOOST_TEST(error(right, 1e-1) > 1e-4);
  BOOST_TEST(error(right, 1e-5) < 1e-9);
  BOOST_TEST(error(right, 1e-12) > 1e-6);
  const auto wrong =
      gradcheck([](const Var& a) { return twice_the_slope(a); }, {x}, {.curve = true});
  for (double step : {1e-2, 1e-5, 1e-8}) BOOST_TEST(error(wrong, step) > 0.4);
  BOOST_CHECK(contains(right.text(), "1e-05"));
}

BOOST_AUTO_TEST_SUITE_END()
