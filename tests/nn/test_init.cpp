#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "nn/init.hpp"

using namespace tapestry;

BOOST_AUTO_TEST_SUITE(init)

BOOST_AUTO_TEST_CASE(a_shape_without_inputs_or_outputs) {
  Rng rng(1);
  const std::string says =
      "a weight of shape (512) has no fan in and fan out; expected (out, in, ...)";
  const auto is = [&](const ShapeError& e) { return e.what() == says; };
  BOOST_CHECK_EXCEPTION(xavier_uniform({512}, rng), ShapeError, is);
  BOOST_CHECK_EXCEPTION(kaiming_uniform({512}, rng), ShapeError, is);
  BOOST_CHECK_THROW(xavier_uniform({}, rng), ShapeError);
  for (const Shape& empty : {Shape{0, 3}, Shape{3, 0}, Shape{0, 0}, Shape{2, 3, 0}}) {
    BOOST_TEST(xavier_uniform(empty, rng).size() == 0u);
    BOOST_TEST(kaiming_uniform(empty, rng).size() == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_layer_without_inputs_starts_at_zero) { // as PyTorch's
  Rng rng(1);
  const Tensor x = fan_uniform({3}, 0, rng);
  for (const real value : x.storage()) BOOST_TEST(value == 0);
}

BOOST_AUTO_TEST_SUITE_END()
