#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/tape.hpp"
#include "nn/linear_cross_entropy.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

std::vector<Tensor> inputs_of(const Shape& x, std::size_t words, std::uint64_t seed) {
  Rng rng(seed);
  const real scale = 3; // some rows are almost sure
  return {normal(x, 0, scale, rng), normal({words, x.back()}, 0, 1, rng),
          normal({words}, 0, 1, rng)};
}

} // namespace

BOOST_AUTO_TEST_SUITE(linear_cross_entropy_)

BOOST_AUTO_TEST_CASE(gradients) {
  for (const double smoothing : {0.0, 0.1})
    check_gradients(
        [&](const auto& x) {
          return linear_cross_entropy(x[0], x[1], x[2], Indices{{0, 4, 3}, {-100, 1, 4}},
                                      {.label_smoothing = smoothing});
        },
        {inputs_of({2, 3, 4}, 5, 1)[0], inputs_of({2, 3, 4}, 5, 1)[1],
         inputs_of({2, 3, 4}, 5, 1)[2]});
}

BOOST_AUTO_TEST_CASE(is_the_cross_entropy_of_the_scores) {
  struct Sizes {
    Shape x;
    std::size_t words;
  };
  // 40,000 words: 32 rows at a time
  for (const Sizes& s : {Sizes{{2, 3, 4}, 5}, Sizes{{7}, 7}, Sizes{{1, 6}, 1},
                         Sizes{{70, 3}, 40'000}, Sizes{{9, 50, 40}, 300}})
    for (const double smoothing : {0.0, 0.2}) {
      Rng rng(3);
      const Shape leading(s.x.begin(), s.x.end() - 1);
      Indices targets = Indices::from_shape(leading);
      for (std::int32_t& t : targets) t = static_cast<std::int32_t>(rng.below(s.words));
      if (targets.size() > 4) targets.data()[4] = -100;
      const CrossEntropyOptions options{.label_smoothing = smoothing};
      check_equal(
          [&](const auto& x) { return linear_cross_entropy(x[0], x[1], x[2], targets, options); },
          [&](const auto& x) { return cross_entropy(linear(x[0], x[1], x[2]), targets, options); },
          inputs_of(s.x, s.words, 4));
    }
}

BOOST_AUTO_TEST_CASE(only_what_is_wanted) {
  const auto values = inputs_of({6, 4}, 5, 1);
  const Indices targets{0, 1, 2, 3, 4, 0};
  const auto x = [&](std::size_t i) { return variable(values[i]); };
  const auto fixed = [&](std::size_t i) { return constant(values[i]); };
  const Var all[] = {x(0), x(1), x(2)};
  {
    Tape tape;
    tape.backward(linear_cross_entropy(all[0], all[1], all[2], targets));
  }
  for (std::size_t one = 0; one < 3; ++one) {
    const Var some[] = {one == 0 ? x(0) : fixed(0), one == 1 ? x(1) : fixed(1),
                        one == 2 ? x(2) : fixed(2)};
    Tape tape;
    tape.backward(linear_cross_entropy(some[0], some[1], some[2], targets));
    for (std::size_t i = 0; i < 3; ++i) BOOST_TEST(some[i].has_grad() == (i == one));
    BOOST_TEST(identical(some[one].grad(), all[one].grad()));
  }
  BOOST_TEST(linear_cross_entropy(fixed(0), fixed(1), fixed(2), targets).item() ==
             linear_cross_entropy(x(0), x(1), x(2), targets).item());
}

BOOST_AUTO_TEST_CASE(every_target_ignored) {
  const auto values = inputs_of({2, 4}, 5, 1);
  const Var x = variable(values[0]);
  Tape tape;
  const Var loss = linear_cross_entropy(x, constant(values[1]), constant(values[2]), {-100, -100});
  tape.backward(loss);
  BOOST_TEST(loss.item() == 0);
  BOOST_TEST(identical(x.grad(), zeros({2, 4})));
}

BOOST_AUTO_TEST_CASE(wrong_arguments) {
  const auto message = [](const Shape& x, const Shape& w, const Shape& b, const Indices& targets) {
    return message_of([&] {
      linear_cross_entropy(constant(zeros(x)), constant(zeros(w)), constant(zeros(b)), targets);
    });
  };
  const auto says = [](const std::string& text, const char* part) {
    BOOST_CHECK_MESSAGE(text.find(part) != std::string::npos, text);
  };
  says(message({2, 3}, {5, 4}, {5}, {0, 1}), "expected (..., K) x (V, K) x (V)");
  says(message({2, 3}, {5, 3}, {4}, {0, 1}), "expected (..., K) x (V, K) x (V)");
  says(message({2, 3}, {5, 3}, {5}, {0, 1, 2}), "targets are (3), expected (2)");
  says(message({2, 3}, {5, 3}, {5}, {0, 5}), "target 5 is not a class");
  says(message({2, 3}, {5, 3}, {5}, {0, -1}), "target -1 is not a class");
}

BOOST_AUTO_TEST_CASE(a_smoothing_that_is_no_share_is_refused) {
  const Var x = constant(ones({2, 3})), w = constant(ones({3, 3})), b = constant(zeros({3}));
  const Indices targets{0, 1};
  for (const double share : {-0.1, 1.5, std::nan("")}) {
    BOOST_CHECK_THROW(cross_entropy(x, targets, {.label_smoothing = share}), std::invalid_argument);
    BOOST_CHECK_THROW(linear_cross_entropy(x, w, b, targets, {.label_smoothing = share}),
                      std::invalid_argument);
  }
}

BOOST_AUTO_TEST_SUITE_END()
