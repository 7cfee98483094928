// Products that come into a weight's gradient later: the same numbers, whoever asks and when.
#include "autograd/weight_products.hpp"

#include <limits>

#include "autograd/parameter.hpp"
#include "tests/autograd/check.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

constexpr std::size_t n = 5, k = 3;

// Step i of a loop, whose gradient reaches rows first .. first + count - 1 of W.
struct Use {
  Use(std::size_t i, std::size_t f, std::size_t c, std::size_t r)
      : first(f), count(c), rows(r), dy(random({r, c}, i)), x(random({r, k}, 100 + i)) {}
  void add_to(const Var& w) const {
    w.add_to_grad({first, count, rows, {dy.data(), count}, {x.data(), k}});
  }
  void add_to(Tensor& sum) const { // the definition, entry by entry
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < k; ++j)
        for (std::size_t r = 0; r < rows; ++r) sum(first + i, j) += dy(r, i) * x(r, j);
  }
  std::size_t first, count, rows;
  Tensor dy, x;
};

// 600 rows in all: more than are kept at once.
std::vector<Use> uses() {
  std::vector<Use> all;
  for (std::size_t i = 0; i < 60; ++i)
    all.emplace_back(i, i % 2 ? 3 : 0, i % 2 ? 2 : 3, 3 + i % 15);
  all.emplace_back(60, 0, n, 300);
  return all;
}

Tensor sum_of(const std::vector<Use>& all) {
  Tensor sum = zeros({n, k});
  for (const Use& use : all) use.add_to(sum);
  return sum;
}

constexpr double same_sums = 1e-12; // of 900 products below 1, in another order

} // namespace

BOOST_AUTO_TEST_SUITE(weight_products)

BOOST_AUTO_TEST_CASE(they_come_into_the_gradient) {
  const Parameter w("w", random({n, k}, 1));
  const std::vector<Use> all = uses();
  for (const Use& use : all) use.add_to(w);
  BOOST_TEST(distance(w.grad(), sum_of(all)) < same_sums);
  BOOST_TEST(distance(w.grad(), sum_of(all)) < same_sums); // once
}

BOOST_AUTO_TEST_CASE(whoever_looks_between_them_sees_what_there_is) {
  const Parameter w("w", random({n, k}, 1));
  const std::vector<Use> all = uses();
  Tensor sum = zeros({n, k});
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].add_to(w);
    all[i].add_to(sum);
    if (i % 7 == 0) BOOST_TEST(w.has_grad());
    if (i % 7 == 1) BOOST_TEST(distance(w.stored_grad(), sum) < same_sums);
    if (i % 7 == 2) {
      w.grad() += ones({n, k});
      sum += ones({n, k});
    }
    if (i % 7 == 3) {
      const std::int32_t row[] = {1};
      w.grad_rows(row)(1, 0) += 1;
      sum(1, 0) += 1;
      all[i].add_to(w);
      all[i].add_to(sum);
      const auto touched = w.touched_rows();
      BOOST_TEST((!touched || touched->size() == n));
    }
  }
  BOOST_TEST(distance(w.grad(), sum) < same_sums);
}

BOOST_AUTO_TEST_CASE(zero_grad_forgets_what_is_kept) {
  const Parameter w("w", random({n, k}, 1));
  const std::vector<Use> all = uses();
  all[0].add_to(w);
  w.zero_grad();
  BOOST_TEST(!w.has_grad());
  all[1].add_to(w);
  BOOST_TEST(distance(w.grad(), sum_of({all[1]})) < same_sums);
}

BOOST_AUTO_TEST_CASE(a_parameter_that_has_grown_forgets_what_is_kept) {
  Parameter w("w", random({n, k}, 1));
  uses()[0].add_to(w);
  w.set(random({n + 1, k}, 2));
  BOOST_TEST(distance(w.grad(), zeros({n + 1, k})) == 0);
}

BOOST_AUTO_TEST_CASE(a_weight_that_was_computed) {
  const Var v = variable(random({n, k}, 1), "v");
  const Tape tape;
  const Var w = v * 2;
  const std::vector<Use> all = uses();
  for (const Use& use : all) use.add_to(w);
  BOOST_TEST(distance(w.grad(), sum_of(all)) < same_sums);
}

BOOST_AUTO_TEST_CASE(numbers_that_are_not_finite_are_found) {
  const Parameter w("w", random({n, k}, 1));
  Tape tape({.check_finite = true});
  const Var y = record("step", constant(zeros({})), {w}, [w] {
    const Tensor inf = full({1, n}, std::numeric_limits<real>::infinity()), x = ones({1, k});
    w.add_to_grad({0, n, 1, {inf.data(), n}, {x.data(), k}});
  });
  BOOST_TEST(contains(message_of<TapeError>([&] { tape.backward(y); }), "pull-back of step"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace tapestry::inline TAPESTRY_PRECISION
