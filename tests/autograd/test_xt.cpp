// Expressions of whole tensors: the same as xtensor's own assignment, bit for bit, with any number
// of threads.
#include <limits>

#include "autograd/base/parallel.hpp"
#include "autograd/xt.hpp"
#include "check.hpp"

using namespace tapestry;

namespace {

const std::vector<std::size_t> numbers_of_threads{1, 2, 3, 8, 16};

// Fewer than a register, a few, and as many as threads share; the last one with a rest.
const std::vector<Shape> shapes{{}, {0}, {3}, {7, 5}, {100, 1000}, {333, 1001}};

} // namespace

BOOST_AUTO_TEST_SUITE(expressions)

BOOST_AUTO_TEST_CASE(evaluate_is_the_assignment) {
  const std::size_t before = thread_count();
  for (const Shape& shape : shapes) {
    const Tensor a = random(shape, 1), b = positive(shape, 2);
    const Tensor expected = xt::exp(a) / (1 + b) - xt::maximum(a, b);
    for (const std::size_t threads : numbers_of_threads) {
      set_thread_count(threads);
      BOOST_CHECK(same(evaluated(xt::exp(a) / (1 + b) - xt::maximum(a, b)), expected));
    }
  }
  set_thread_count(before);
}

BOOST_AUTO_TEST_CASE(update_is_the_assignment) {
  const std::size_t before = thread_count();
  for (const Shape& shape : shapes) {
    const Tensor a = random(shape, 1), x = random(shape, 2);
    const Tensor expected = x + a * xt::tanh(x);
    for (const std::size_t threads : numbers_of_threads) {
      set_thread_count(threads);
      Tensor y = x;
      y += a * xt::tanh(y);
      BOOST_CHECK(same(y, expected));
    }
  }
  set_thread_count(before);
}

BOOST_AUTO_TEST_CASE(other_shapes_are_broadcast) {
  const Tensor a = random({300, 500}, 1), row = random({500}, 2);
  const Tensor expected = a + row;
  BOOST_CHECK(same(evaluated(a + row), expected));
  BOOST_CHECK(same(evaluated(row + a), expected));
  BOOST_CHECK(same(evaluated(xt::where(a > 0, a, real{0})), Tensor(xt::where(a > 0, a, real{0}))));
  Tensor y = a;
  y += row;
  BOOST_CHECK(same(y, expected));
  Tensor grown = row;
  grown += a;
  BOOST_CHECK(same(grown, expected));

  const Tensor column = random({300, 1}, 3), one = random({}, 4);
  const Tensor nested = a + (2 - row * xt::tanh(column)) / (one + 3);
  // tanh in a register and tanh of a single number may differ in the last bit. This runs in
  // float and in double.
  const double last_bits = 4 * std::numeric_limits<real>::epsilon();
  BOOST_TEST(distance(evaluated(a + (2 - row * xt::tanh(column)) / (one + 3)), nested) < last_bits);
  y = a;
  y += (2 - row * xt::tanh(column)) / (one + 3);
  BOOST_TEST(distance(y, nested) < last_bits);
  y = a;
  y -= row * column;
  BOOST_CHECK(same(y, Tensor(a - row * column)));
}

BOOST_AUTO_TEST_SUITE_END()
