// where, gather and argmax.
#include "check.hpp"

using namespace tapestry;

namespace {

Indices column(std::initializer_list<std::int32_t> ids) { // (n, 1)
  Indices x = Indices::from_shape({ids.size(), 1});
  std::copy(ids.begin(), ids.end(), x.data());
  return x;
}

} // namespace

BOOST_AUTO_TEST_SUITE(choices)

BOOST_AUTO_TEST_CASE(where_gradients) {
  const std::tuple<Indices, Shape, Shape> cases[] = {
      {Indices{{1, 0, 1}, {0, 0, 1}}, {2, 3}, {2, 3}},
      {Indices{1, 0, 1}, {2, 3}, {2, 1}},
      {column({1, 0}), {3}, {}},
      {Indices{{0, 1, 0}, {1, 1, 0}, {0, 0, 1}}, {3, 3}, {3, 3}}};
  std::uint64_t seed = 0;
  for (const auto& [mask, s, t] : cases)
    expect_gradients("where", [m = mask](const Var& a, const Var& b) { return where(m, a, b); },
                     {random(s, ++seed), random(t, seed + 100)});
}

BOOST_AUTO_TEST_CASE(what_is_not_chosen_does_not_matter) {
  const real infinity = std::numeric_limits<real>::infinity();
  const Var x = variable(Tensor{1, 0, 4}), none = variable(Tensor{infinity, 2, std::nan("")});
  Tape tape;
  const Var y = where(Indices{1, 0, 7}, x, none);
  BOOST_CHECK(same(y.value(), Tensor{1, 2, 4}));
  tape.backward(y, Tensor{1, infinity, 3});
  BOOST_CHECK(same(x.grad(), Tensor{1, 0, 3}));
  BOOST_CHECK(same(none.grad(), Tensor{0, infinity, 0}));
  BOOST_CHECK(same(where(Indices{0, 1, 0}, -1, constant(Tensor{1, 2, 3})).value(), // masked fill
                   Tensor{1, -1, 3}));
}

BOOST_AUTO_TEST_CASE(gather_gradients) {
  const Indices two{{1, 0, 2, 2}, {0, 0, 1, 2}};
  expect_gradients("gather", [&](const Var& v) { return gather(v, 0, two); }, {random({3, 4})});
  expect_gradients("gather", [&](const Var& v) { return gather(v, 1, two); }, {random({2, 5})});
  expect_gradients("gather",
                   [&](const Var& v) {
                     return gather(v, -1, Indices{2, 2, 0});
                   },
                   {random({3})});
  const Var x = constant(Tensor{{1, 2, 3}, {4, 5, 6}});
  BOOST_CHECK(same(gather(x, 1, Indices{{2, 0}, {1, 1}}).value(), Tensor{{3, 1}, {5, 5}}));
}

BOOST_AUTO_TEST_CASE(the_largest) {
  const real nan = std::nan("");
  const Var x = constant(Tensor{{1, 3, 3}, {nan, 9, nan}, {-1, -2, -3}});
  BOOST_CHECK(argmax(x, 1) == (Indices{1, 0, 0}));
  BOOST_CHECK(argmax(x, 0) == (Indices{1, 1, 1}));
  BOOST_CHECK_EQUAL(argmax(constant(Tensor{4}), 0)(), 0);
  BOOST_CHECK_EQUAL(argmax(constant(zeros({0, 3})), 1).size(), 0);
}

BOOST_AUTO_TEST_SUITE_END()
