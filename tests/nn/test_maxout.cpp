#include <limits>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/maxout.hpp"
#include "tests/nn/check.hpp"

using namespace tapestry;
using namespace tapestry::testing;

BOOST_AUTO_TEST_SUITE(maxout_layer)

BOOST_AUTO_TEST_CASE(gradients) {
  Rng rng(1);
  for (const Shape& shape : {Shape{6}, {3, 2}, {2, 3, 8}})
    check_gradients([](const auto& x) { return maxout(x[0]); }, {normal(shape, 0, 1, rng)});
}

BOOST_AUTO_TEST_CASE(is_the_maximum_of_pairs) {
  Rng rng(2);
  check_equal([](const auto& x) { return maxout(x[0]); },
              [](const auto& x) {
                return max(reshape(x[0], {3, 5, 2}), {-1});
              },
              {normal({3, 10}, 0, 1, rng)});
}

BOOST_AUTO_TEST_CASE(equal_entries_share_the_gradient) {
  const Var x = variable({2, 2, 1, 3});
  Tape tape;
  tape.backward(sum(maxout(x)));
  BOOST_TEST(x.grad() == Tensor({0.5, 0.5, 0, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(not_a_number_stays) {
  const real nan = std::numeric_limits<real>::quiet_NaN();
  const Tensor y = maxout(constant({nan, 1, 1, nan})).value();
  BOOST_TEST((y(0) != y(0) && y(1) != y(1)));
}

BOOST_AUTO_TEST_CASE(odd_sizes_are_refused) {
  BOOST_CHECK_THROW(maxout(constant(zeros({2, 3}))), ShapeError);
  BOOST_CHECK_THROW(maxout(constant(zeros({2, 0}))), ShapeError);
  BOOST_CHECK_THROW(maxout(2.0), ShapeError);
}

BOOST_AUTO_TEST_SUITE_END()
