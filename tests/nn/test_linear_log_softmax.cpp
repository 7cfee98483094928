#include <array>

#include <boost/test/unit_test.hpp>

#include "autograd/operators/matmul.hpp"
#include "autograd/operators/softmax.hpp"
#include "nn/linear_log_softmax.hpp"
#include "tests/nn/check.hpp"

using namespace tapestry;
using namespace tapestry::testing;

// Few rows and many, words that fill registers and that do not. A row does not depend on the
// others.
BOOST_AUTO_TEST_CASE(linear_log_softmax_is_composed) {
  Rng rng(1);
  for (const auto& [n, k, words] : {std::array{1u, 3u, 2u}, {5u, 4u, 37u}, {77u, 50u, 1000u}}) {
    const Tensor x = normal({n, k}, 0, 3, rng), weight = normal({words, k}, 0, 3, rng);
    const Tensor bias = normal({words}, 0, 1, rng);
    const Panels panels(k, words, {weight.data(), k, true});
    const Tensor y = linear_log_softmax(x, panels, bias);
    const Tensor expected =
        log_softmax(linear(constant(x), constant(weight), constant(bias))).value();
    BOOST_TEST(difference(y, expected) < same_in_double);
    Tensor first = Tensor::from_shape({1, k}), alone = Tensor::from_shape({1, words});
    std::copy_n(x.data(), k, first.data());
    std::copy_n(y.data(), words, alone.data());
    BOOST_TEST(identical(linear_log_softmax(first, panels, bias), alone));
  }
}
