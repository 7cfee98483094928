#include <boost/test/unit_test.hpp>

#include "autograd/operators/functions.hpp"
#include "autograd/operators/permute.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/tape.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"
#include "vision/networks/cnn.hpp"
#include "vision/networks/mobilenet_v2.hpp"
#include "vision/networks/residual.hpp"
#include "vision/networks/squeezenet.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

// In training and in evaluation.
template <class Block, class Options>
void check_block(const std::string& name, const Options& options) {
  Rng rng(1);
  Block block(options, rng);
  check_parity(name, &block, [&](const auto& x) { return std::vector{block(x[0])}; });
  block.eval();
  check_parity(name + "_evaluation", &block,
               [&](const auto& x) { return std::vector{block(x[0])}; });
}

std::vector<std::string> names_of(nn::Module& module) {
  std::vector<std::string> names;
  for (const auto& [name, x] : module.state_dict()) names.push_back(name);
  return names;
}

} // namespace

BOOST_AUTO_TEST_SUITE(networks)

BOOST_AUTO_TEST_CASE(blocks_as_in_pytorch) {
  check_block<InvertedResidual, InvertedResidualOptions>(
      "inverted_residual", {.in_channels = 3, .out_channels = 3, .expand_ratio = 2});
  check_block<InvertedResidual, InvertedResidualOptions>(
      "inverted_residual_strided",
      {.in_channels = 2, .out_channels = 3, .stride = 2, .expand_ratio = 3});
  check_block<InvertedResidual, InvertedResidualOptions>(
      "inverted_residual_narrow", {.in_channels = 4, .out_channels = 2, .expand_ratio = 1});
  check_block<BasicBlock, BasicBlockOptions>("basic_block", {.in_channels = 3, .out_channels = 3});
  check_block<BasicBlock, BasicBlockOptions>("basic_block_strided",
                                             {.in_channels = 2, .out_channels = 3, .stride = 2});
  Rng rng(1);
  Fire fire({.in_channels = 5, .squeeze = 2, .expand1x1 = 3, .expand3x3 = 4}, rng);
  check_parity("fire", &fire, [&](const auto& x) { return std::vector{fire(x[0])}; });
}

BOOST_AUTO_TEST_CASE(functions_as_in_pytorch) {
  check_parity("relu6", nullptr, [](const auto& x) { return std::vector{relu6(x[0])}; });
  check_parity("region_vectors", nullptr,
               [](const auto& x) { return std::vector{region_vectors(x[0])}; });
  check_parity("region_vectors_9", nullptr,
               [](const auto& x) { return std::vector{region_vectors(x[0], 3)}; });
}

BOOST_AUTO_TEST_CASE(gradients_of_blocks) {
  Rng rng(3);
  InvertedResidual inverted({.in_channels = 3, .out_channels = 3, .expand_ratio = 2}, rng);
  check_gradients([&](const auto& x) { return inverted(x[0]); }, {normal({2, 3, 4, 5}, 0, 1, rng)},
                  inverted.parameters());
  Fire fire({.in_channels = 3, .squeeze = 2, .expand1x1 = 2, .expand3x3 = 3}, rng);
  check_gradients([&](const auto& x) { return fire(x[0]); }, {normal({2, 3, 4, 5}, 0, 1, rng)},
                  fire.parameters());
}

BOOST_AUTO_TEST_CASE(stages_one_after_another) {
  Rng rng(8);
  CnnPath digits(1, 28, {2, 3, 4}, 10, rng); // 28, 14, 7, and 3: what fills no 2 x 2 is left out
  BOOST_TEST(digits(constant(normal({5, 1, 28, 28}, 0, 1, rng))).shape() == (Shape{5, 10}));
  const nn::StateDict state = digits.state_dict();
  BOOST_TEST(state.at("stage2.conv.weight").shape() == (Shape{4, 3, 3, 3}));
  BOOST_TEST(!state.contains("stage2.conv.bias")); // the normalisation would take it out
  BOOST_TEST(state.at("stage2.normalise.running_var").shape() == (Shape{4}));
  BOOST_TEST(state.at("project.weight").shape() == (Shape{10, 4 * 3 * 3}));

  CnnPath path(2, 9, {3, 2}, 4, rng);
  check_gradients([&](const auto& x) { return path(x[0]); }, {normal({3, 2, 9, 9}, 0, 1, rng)},
                  path.parameters());
  path.eval();
  check_gradients([&](const auto& x) { return path(x[0]); }, {normal({1, 2, 9, 9}, 0, 1, rng)},
                  path.parameters());
  BOOST_TEST(message_of([&] {
               CnnPath(1, 4, {2, 2, 2}, 10, rng);
             }) == "Cnn: 3 stages cannot halve a picture of 4 pixels");
}

BOOST_AUTO_TEST_CASE(folding_changes_no_output) {
  Rng rng(4);
  MobileNetV2 network({.num_classes = 5, .width_mult = 0.1}, rng);
  const Var pictures = constant(normal({4, 3, 64, 64}, 0, 1, rng));
  for (int i = 0; i < 3; ++i) network(pictures); // running statistics that are not the first ones
  network.eval();
  const Var grid = network.grid(pictures);
  network.fold();
  const Var folded = network.grid(pictures);
  BOOST_TEST(difference(folded.value(), grid.value()) < 1e-11); // 52 layers, one after another
  BOOST_TEST(names_of(network).size() == 2 * 53);               // each a weight and a bias
  network.fold();                                               // nothing left to do
  BOOST_TEST(identical(network.grid(pictures).value(), folded.value()));
}

BOOST_AUTO_TEST_CASE(names_and_shapes_of_mobilenet) {
  Rng rng(5);
  MobileNetV2 network({}, rng);
  std::size_t weights = 0;
  for (const Parameter& p : network.parameters()) weights += p.value().size();
  BOOST_TEST(weights == 3'504'872); // what torchvision says of its own
  const nn::StateDict state = network.state_dict();
  BOOST_TEST(state.at("features.0.0.weight").shape() == (Shape{32, 3, 3, 3}));
  BOOST_TEST(state.at("features.1.conv.0.0.weight").shape() == (Shape{32, 1, 3, 3}));
  BOOST_TEST(state.at("features.1.conv.2.running_var").shape() == (Shape{16}));
  BOOST_TEST(state.at("features.17.conv.2.weight").shape() == (Shape{320, 960, 1, 1}));
  BOOST_TEST(state.at("features.17.conv.3.bias").shape() == (Shape{320}));
  BOOST_TEST(state.at("features.18.1.weight").shape() == (Shape{1280}));
  BOOST_TEST(state.at("classifier.1.weight").shape() == (Shape{1000, 1280}));
  BOOST_TEST(network.features() == 1280);
  BOOST_TEST(network.classes() == 1000);
  BOOST_TEST(MobileNetV2({.width_mult = 0.75}, rng).state_dict().contains("features.18.0.weight"));
  BOOST_TEST(message_of([&] { MobileNetV2({.width_mult = 0}, rng); }).starts_with("MobileNetV2: "));
}

BOOST_AUTO_TEST_CASE(grids_of_any_size_of_picture) {
  Rng rng(6);
  for (const PaddingRule padding : {PaddingRule::torch, PaddingRule::tensorflow}) {
    MobileNetV2 network({.num_classes = 3, .width_mult = 0.1, .padding = padding, .folded = true},
                        rng);
    const Var x = constant(normal({2, 3, 64, 33}, 0, 1, rng));
    const Var grid = network.grid(x);
    BOOST_TEST(grid.shape() == (Shape{2, 1280, 2, 2}));
    const std::vector<Var> stages = network.stages(x);
    BOOST_TEST(stages.size() == 19);
    BOOST_TEST(stages[3].shape() == (Shape{2, 8, 16, 9}));
    BOOST_TEST(identical(stages[18].value(), grid.value()));
    BOOST_TEST(network.logits(grid).shape() == (Shape{2, 3}));
    BOOST_TEST(picture_vectors(grid).shape() == (Shape{2, 1280}));
    BOOST_TEST(region_vectors(grid).shape() == (Shape{2, 4, 1280}));
    BOOST_TEST(region_vectors(grid, 3).shape() == (Shape{2, 9, 1280}));
  }
  SqueezeNet squeeze({.num_classes = 4}, rng);
  const Var grid = squeeze.grid(constant(normal({1, 3, 64, 48}, 0, 1, rng)));
  BOOST_TEST(grid.shape() == (Shape{1, 512, 3, 2}));
  BOOST_TEST(squeeze.logits(grid).shape() == (Shape{1, 4}));
  std::size_t weights = 0;
  for (const Parameter& p : SqueezeNet({}, rng).parameters()) weights += p.value().size();
  BOOST_TEST(weights == 1'235'496); // what torchvision says of its own
}

BOOST_AUTO_TEST_CASE(padding_matters_at_the_edges) {
  Rng rng(7);
  const ConvNormOptions options{
      .in_channels = 1, .out_channels = 1, .kernel_size = 3, .stride = 2, .folded = true};
  ConvNorm torch(options, rng);
  ConvNormOptions other = options;
  other.padding = PaddingRule::tensorflow;
  ConvNorm tensorflow(other, rng);
  for (ConvNorm* block : {&torch, &tensorflow}) {
    block->conv.weight.set(ones({1, 1, 3, 3}));
    block->conv.bias.set(zeros({1}));
  }
  const Var x = constant(full({1, 1, 4, 4}, 0.5));
  // torch's first window sees 2 x 2 pixels, TensorFlow's 3 x 3
  BOOST_TEST(torch(x).value() == (Tensor{{{{2, 3}, {3, 4.5}}}}));
  BOOST_TEST(tensorflow(x).value() == (Tensor{{{{4.5, 3}, {3, 2}}}}));
}

BOOST_AUTO_TEST_CASE(scales) {
  Tensor picture = full({3, 1, 2}, 0.5);
  picture.data()[0] = 0;
  picture.data()[5] = 1;
  BOOST_TEST(scaled(picture, symmetric_scale) == (Tensor{{{-1, 0}}, {{0, 0}}, {{0, 1}}}));
  const Tensor two = scaled(full({2, 3, 1, 1}, 0.5), imagenet_scale);
  BOOST_TEST(std::abs(two.data()[1] - (0.5 - 0.456) / 0.224) < same_in_double);
  BOOST_TEST(two.data()[1] == two.data()[4]);
  BOOST_TEST(message_of([] {
               scaled(zeros({1, 2, 2}), symmetric_scale);
             }) == "scaled: (1, 2, 2); expected (3, H, W) or (B, 3, H, W)");
}

BOOST_AUTO_TEST_SUITE_END()
