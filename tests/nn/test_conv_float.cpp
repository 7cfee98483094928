// What rounding in float leaves of a convolution, by matrix products and by Winograd's tiles.
#include <cmath>

#include <boost/test/unit_test.hpp>

#include "autograd/operators/reduce.hpp"
#include "autograd/tape.hpp"
#include "nn/conv.hpp"
#include "nn/pictures/geometry.hpp"
#include "nn/pictures/winograd.hpp"

using namespace tapestry;

BOOST_AUTO_TEST_SUITE(conv_float)

// y and dx, of size about 1, against sums in double. 1e-5: 576 products are added up, each rounded
// by at most 6e-8, and the errors mostly cancel.
BOOST_AUTO_TEST_CASE(sums_are_right_to_five_digits) {
  Rng rng(1);
  const std::size_t batch = 3, channels = 64, outputs = 64, side = 14;
  for (const std::size_t stride : {1, 2}) {
    const Var x = variable(normal({batch, channels, side, side}, 0, 1, rng));
    const Tensor w = normal({outputs, channels, 3, 3}, 0, 1 / std::sqrt(9.0 * channels), rng);
    const ConvOptions options{.stride = stride, .padding = 1};
    BOOST_TEST(worth_winograd(ConvGeometry(x, constant(w), constant(zeros({outputs})), options)) ==
               (stride == 1));
    Tape tape;
    const Var y = conv2d(x, constant(w), options);
    const std::size_t out = y.shape()[2];
    const Tensor dy = normal(y.shape(), 0, 1, rng);
    tape.backward(y, dy);

    std::vector<double> right(y.value().size()), right_dx(x.value().size());
    for (std::size_t b = 0; b < batch; ++b)
      for (std::size_t o = 0; o < outputs; ++o)
        for (std::size_t p = 0; p < out; ++p)
          for (std::size_t q = 0; q < out; ++q)
            for (std::size_t c = 0; c < channels; ++c)
              for (std::size_t i = 0; i < 3; ++i)
                for (std::size_t j = 0; j < 3; ++j) {
                  const std::size_t u = p * stride + i - 1, v = q * stride + j - 1;
                  if (u >= side || v >= side) continue; // in the padding
                  const std::size_t at_y = ((b * outputs + o) * out + p) * out + q,
                                    at_x = ((b * channels + c) * side + u) * side + v;
                  const double weight = static_cast<double>(w(o, c, i, j));
                  right[at_y] += weight * static_cast<double>(x.value().data()[at_x]);
                  right_dx[at_x] += weight * static_cast<double>(dy.data()[at_y]);
                }
    double worst = 0, worst_dx = 0;
    for (std::size_t k = 0; k < right.size(); ++k)
      worst = std::max(worst, std::abs(static_cast<double>(y.value().data()[k]) - right[k]));
    for (std::size_t k = 0; k < right_dx.size(); ++k)
      worst_dx =
          std::max(worst_dx, std::abs(static_cast<double>(x.grad().data()[k]) - right_dx[k]));
    BOOST_TEST_CONTEXT("stride " << stride) {
      BOOST_TEST(worst < 1e-5);
      BOOST_TEST(worst_dx < 1e-5);
    }
    BOOST_TEST_MESSAGE("stride " << stride << ": " << worst << ", " << worst_dx);
  }
}

BOOST_AUTO_TEST_SUITE_END()
