#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "nn/fold_batch_norm.hpp"
#include "nn/pictures/same_padding.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

// A normalisation that has seen something: no number of it is one that it began with.
void make_old(nn::BatchNorm2d& norm, Rng& rng) {
  const Shape shape = norm.running_mean.shape();
  if (norm.affine()) {
    norm.weight.set(uniform(shape, -2, 2, rng));
    norm.bias.set(uniform(shape, -1, 1, rng));
  }
  norm.running_mean = uniform(shape, -1, 1, rng);
  norm.running_var = uniform(shape, 0.1, 3, rng);
  norm.eval();
}

} // namespace

BOOST_AUTO_TEST_SUITE(fold_batch_norm)

BOOST_AUTO_TEST_CASE(the_folded_convolution_computes_both) {
  Rng rng(1);
  const nn::Conv2dOptions options[] = {
      {.in_channels = 3, .out_channels = 5, .kernel_size = 3, .padding = 1, .bias = false},
      {.in_channels = 3, .out_channels = 4, .kernel_size = {1, 2}, .stride = 2},
      {.in_channels = 4, .out_channels = 8, .kernel_size = 3, .dilation = 2, .groups = 4},
      {.in_channels = 2, .out_channels = 1, .kernel_size = 1}};
  for (const nn::Conv2dOptions& o : options)
    for (const bool affine : {true, false}) {
      const nn::Conv2d conv(o, rng);
      nn::BatchNorm2d norm({.num_features = o.out_channels, .eps = 0.01, .affine = affine});
      make_old(norm, rng);
      const Tensor before = conv.weight.value();
      const nn::Conv2d both = nn::fold_batch_norm(conv, norm);
      const Var x = constant(normal({2, o.in_channels, 7, 6}, 1, 2, rng));
      BOOST_TEST(difference(both(x).value(), norm(conv(x)).value()) < same_in_double);
      BOOST_TEST(identical(conv.weight.value(), before)); // weights of its own
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_folded) {
  Rng rng(2);
  const nn::Conv2d cut({.in_channels = 2, .out_channels = 3, .kernel_size = 1, .relu = true}, rng);
  BOOST_TEST(message_of([&] { nn::fold_batch_norm(cut, nn::BatchNorm2d({.num_features = 3})); }) ==
             "fold_batch_norm: the convolution cuts at 0 before the normalisation; expected "
             ".relu = false");
  const nn::Conv2d conv({.in_channels = 2, .out_channels = 3, .kernel_size = 1}, rng);
  BOOST_TEST(message_of([&] { nn::fold_batch_norm(conv, nn::BatchNorm2d({.num_features = 2})); }) ==
             "fold_batch_norm: 3 channels of the convolution, but the normalisation has 2");
}

BOOST_AUTO_TEST_CASE(a_convolution_of_given_weights) {
  Rng rng(3);
  const nn::Conv2d one({.in_channels = 2, .out_channels = 3, .kernel_size = 3, .stride = 2}, rng);
  const nn::Conv2d same(one.weight.value(), one.bias.value(), one.options());
  const Var x = constant(normal({1, 2, 5, 6}, 0, 1, rng));
  BOOST_TEST(identical(one(x).value(), same(x).value()));
  BOOST_CHECK_THROW(nn::Conv2d(zeros({3, 2, 1, 1}), zeros({2}), {}), ShapeError);
  BOOST_CHECK_THROW(nn::Conv2d(zeros({3, 2}), zeros({3}), {}), ShapeError);
}

BOOST_AUTO_TEST_CASE(tensorflows_padding) {
  const auto sides = [](Size2d size, Size2d kernel, Size2d stride, Size2d dilation = 1) {
    const Padding2d p = same_padding(size, kernel, stride, dilation);
    return std::vector<std::size_t>{p.top, p.bottom, p.left, p.right};
  };
  using Sides = std::vector<std::size_t>;
  BOOST_TEST((sides(224, 3, 2) == Sides{0, 1, 0, 1})); // bottom and right only
  BOOST_TEST((sides(225, 3, 2) == Sides{1, 1, 1, 1}));
  BOOST_TEST((sides({224, 225}, 3, 2) == Sides{0, 1, 1, 1}));
  BOOST_TEST((sides(10, 3, 1) == Sides{1, 1, 1, 1}));
  BOOST_TEST((sides(10, {2, 5}, 1) == Sides{0, 1, 2, 2}));
  BOOST_TEST((sides(10, 3, {1, 3}, 2) == Sides{2, 2, 2, 2})); // 4 outputs see 3 * 3 + 5 = 14
  BOOST_TEST((sides(10, 1, 3) == Sides{0, 0, 0, 0}));         // some entries are not seen at all
  BOOST_TEST((sides(1, 7, 7) == Sides{3, 3, 3, 3}));
  // As many outputs as the size by the stride, rounded up, whatever the kernel.
  Rng rng(4);
  for (std::size_t size = 1; size < 9; ++size)
    for (std::size_t kernel = 1; kernel < 5; ++kernel)
      for (std::size_t stride = 1; stride < 4; ++stride) {
        const ConvOptions options{.stride = stride, .padding = same_padding(size, kernel, stride)};
        const Var y = conv2d(constant(zeros({1, 1, size, size})),
                             constant(zeros({1, 1, kernel, kernel})), options);
        BOOST_TEST(y.shape()[2] == (size + stride - 1) / stride);
      }
}

BOOST_AUTO_TEST_SUITE_END()
