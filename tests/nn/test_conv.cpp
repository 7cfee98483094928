#include <cstdlib>
#include <filesystem>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/conv.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

nn::Conv2d make_layer(std::size_t kernel, std::size_t stride, std::size_t padding, bool relu,
                      Rng& rng, bool bias = true) {
  return nn::Conv2d({.in_channels = 2,
                     .out_channels = 3,
                     .kernel_size = kernel,
                     .stride = stride,
                     .padding = padding,
                     .bias = bias,
                     .relu = relu},
                    rng);
}

} // namespace

BOOST_AUTO_TEST_SUITE(conv)

BOOST_AUTO_TEST_CASE(gradients) {
  Rng rng(1);
  struct Case {
    std::size_t kernel, stride, padding;
    Shape picture;
  };
  const std::vector<Case> cases{
      {1, 1, 0, {2, 2, 3, 4}}, {1, 2, 0, {1, 2, 4, 5}}, {1, 1, 1, {1, 2, 3, 2}},
      {2, 1, 0, {2, 2, 3, 4}}, {2, 2, 1, {1, 2, 5, 4}}, {3, 1, 1, {2, 2, 4, 5}},
      {3, 2, 0, {1, 2, 6, 5}}, {3, 3, 2, {1, 2, 5, 4}}, {5, 1, 2, {1, 2, 5, 6}},
      {5, 2, 0, {1, 2, 5, 8}}, {5, 4, 3, {9, 2, 4, 3}}}; // 9: more pictures than parts
  for (const Case& c : cases)
    for (const bool relu : {false, true})
      BOOST_TEST_CONTEXT("kernel " << c.kernel << ", stride " << c.stride << ", padding "
                                   << c.padding << ", relu " << relu) {
        nn::Conv2d layer = make_layer(c.kernel, c.stride, c.padding, relu, rng);
        check_gradients([&](const auto& x) { return layer(x[0]); }, {normal(c.picture, 0, 1, rng)},
                        layer.parameters());
      }
}

BOOST_AUTO_TEST_CASE(gradients_of_a_kernel_that_is_not_square) {
  Rng rng(2);
  check_gradients(
      [](const auto& x) { return conv2d(x[0], x[1], x[2], {.stride = 2, .padding = 1}); },
      {normal({2, 2, 5, 4}, 0, 1, rng), normal({3, 2, 1, 4}, 0, 1, rng), normal({3}, 0, 1, rng)});
}

BOOST_AUTO_TEST_CASE(as_in_pytorch) {
  Rng rng(1);
  const auto parity = [&](const std::string& name, nn::Conv2d layer) {
    check_parity("conv_" + name, &layer, [&](const auto& x) { return std::vector{layer(x[0])}; });
  };
  parity("1_1_0_0", make_layer(1, 1, 0, false, rng));
  parity("2_2_0_1", make_layer(2, 2, 0, true, rng));
  parity("3_1_1_1", make_layer(3, 1, 1, true, rng));
  parity("3_2_1_0", make_layer(3, 2, 1, false, rng));
  parity("3_3_2_0", make_layer(3, 3, 2, false, rng));
  parity("5_2_2_1", make_layer(5, 2, 2, true, rng));
  parity("without_bias", make_layer(3, 2, 1, true, rng, false));
}

BOOST_AUTO_TEST_CASE(without_a_bias) {
  Rng rng(8);
  nn::Conv2d layer = make_layer(3, 1, 1, false, rng, false);
  const auto named = layer.named_parameters();
  BOOST_REQUIRE(named.size() == 1u);
  BOOST_TEST(named[0].first == "weight");
  BOOST_TEST(layer.state_dict().size() == 1u);
  nn::Conv2d with_bias = make_layer(3, 1, 1, false, rng);
  BOOST_CHECK_THROW(layer.load_state_dict(with_bias.state_dict()), std::invalid_argument);

  const Tensor x = normal({2, 2, 4, 5}, 0, 1, rng);
  check_gradients([&](const auto& in) { return layer(in[0]); }, {x}, layer.parameters());
  const Var zero_bias = constant(zeros({3}));
  check_equal(
      [&](const auto& in) { return layer(in[0]); },
      [&](const auto& in) { return conv2d(in[0], layer.weight, zero_bias, {.padding = 1}); }, {x},
      layer.parameters());
}

BOOST_AUTO_TEST_CASE(the_fused_relu_is_a_relu) {
  Rng rng(3);
  nn::Conv2d layer = make_layer(3, 1, 1, false, rng);
  const auto with = [&](bool fused) {
    return [&layer, fused](const std::vector<Var>& x) {
      return conv2d(x[0], layer.weight, layer.bias, {.padding = 1, .relu = fused});
    };
  };
  check_equal(
      with(true), [&](const auto& x) { return relu(with(false)(x)); },
      {normal({3, 2, 5, 4}, 0, 1, rng)}, layer.parameters());
}

// Whoever reads y.grad() afterwards, or between two step_back(), finds what arrived there.
BOOST_AUTO_TEST_CASE(the_gradient_that_arrives_is_left_alone) {
  Rng rng(9);
  nn::Conv2d layer = make_layer(3, 1, 1, true, rng);
  Tape tape;
  const Var y = layer(constant(normal({2, 2, 4, 5}, 0, 1, rng)));
  const Tensor seed = normal(y.shape(), 0, 1, rng);
  tape.backward(y, seed);
  BOOST_TEST(identical(y.grad(), seed));
}

BOOST_AUTO_TEST_CASE(a_1x1_kernel_is_a_linear_layer_over_channels) {
  Rng rng(4);
  nn::Conv2d layer = make_layer(1, 1, 0, false, rng);
  check_equal([&](const auto& x) { return layer(x[0]); },
              [&](const auto& x) {
                const Var channels_last = transpose(x[0], {0, 2, 3, 1});
                const Var y = linear(channels_last, reshape(layer.weight, {3, 2}), layer.bias);
                return transpose(y, {0, 3, 1, 2});
              },
              {normal({2, 2, 3, 4}, 0, 1, rng)}, layer.parameters());
}

// The pull-back skips what nobody needs, and what remains is the same.
BOOST_AUTO_TEST_CASE(constants_get_no_gradient) {
  Rng rng(5);
  const Var x = constant(normal({2, 2, 4, 4}, 0, 1, rng));
  nn::Conv2d layer = make_layer(3, 1, 1, false, rng);
  const Var fixed_weight = constant(layer.weight.value());
  Tape tape;
  tape.backward(sum(conv2d(x, fixed_weight, layer.bias)));
  BOOST_TEST(!x.has_grad());
  BOOST_TEST(!fixed_weight.has_grad());
  BOOST_TEST(layer.bias.grad().data()[1] == 8); // 2 pictures of 2x2 ones
}

BOOST_AUTO_TEST_CASE(an_empty_batch) {
  Rng rng(5);
  nn::Conv2d layer = make_layer(3, 1, 1, true, rng);
  Tape tape;
  const Var y = layer(constant(zeros({0, 2, 4, 5})));
  BOOST_TEST(to_string(y.shape()) == "(0, 3, 4, 5)");
  tape.backward(sum(y));
}

BOOST_AUTO_TEST_CASE(wrong_shapes) {
  Rng rng(6);
  nn::Conv2d layer = make_layer(3, 1, 0, false, rng);
  const auto message = [&](const Shape& shape) {
    return message_of([&] { layer(constant(zeros(shape))); });
  };
  const auto says = [&](const Shape& shape, const std::string& problem) {
    const std::string text = message(shape);
    BOOST_TEST(text.find("conv2d at ") == 0u);
    BOOST_TEST(text.find(problem) != std::string::npos, text);
  };
  says({2, 2, 5}, "expected (B, C, H, W)");
  says({2, 3, 5, 5}, "3 channels, but the kernel has 2");
  says({2, 2, 5, 2}, "the kernel is larger than the picture");
  const Var x = constant(zeros({1, 2, 5, 5})), w = constant(zeros({3, 2, 3, 3}));
  BOOST_CHECK_THROW(conv2d(x, w, constant(zeros({4}))), ShapeError);
  BOOST_CHECK_THROW(conv2d(x, constant(zeros({3, 2, 3}))), ShapeError);
  BOOST_CHECK_THROW(conv2d(x, w, {.stride = 0}), ShapeError);
  BOOST_CHECK_THROW(conv2d(x, w, constant(zeros({3})), {.stride = 0}), ShapeError);
}

// Run by the next test in processes of its own: a process has one number of threads.
BOOST_AUTO_TEST_CASE(write_bits, *boost::unit_test::disabled()) {
  Rng rng(7);
  nn::Conv2d layer(
      {.in_channels = 8, .out_channels = 16, .kernel_size = 3, .padding = 1, .relu = true}, rng);
  const Var x = variable(normal({11, 8, 24, 20}, 0, 1, rng));
  const Var w = variable(normal({160, 16 * 480}, 0, 1, rng));
  Tape tape;
  const Var y = linear(reshape(layer(x), {11, 16 * 480}), w); // 13 million products: split as well
  tape.backward(y, normal(y.shape(), 0, 1, rng));
  std::string bits;
  for (const Tensor& t : {y.value(), x.grad(), w.grad(), layer.weight.grad(), layer.bias.grad()})
    bits.append(reinterpret_cast<const char*>(t.data()), t.size() * sizeof(real));
  write_file(std::getenv("TAPESTRY_BITS"), bits);
}

BOOST_AUTO_TEST_CASE(results_do_not_depend_on_the_number_of_threads) {
  const TemporaryFolder folder;
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const auto bits = [&](int threads) {
    std::ostringstream command;
    command << "TAPESTRY_THREADS=" << threads << " TAPESTRY_BITS='" << (folder / "bits") << "' '"
            << self << "' --run_test=conv/write_bits --log_level=nothing > '" << (folder / "log")
            << "' 2>&1";
    BOOST_REQUIRE(std::system(command.str().c_str()) == 0);
    return read_file(folder / "bits");
  };
  const std::string one = bits(1);
  BOOST_TEST(one.size() > 100'000u);
  for (const int threads : {2, 3, 8}) BOOST_TEST((bits(threads) == one));
}

BOOST_AUTO_TEST_SUITE_END()
