#include <cstdlib>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "autograd/base/digest.hpp"
#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "nn/training/safetensors.hpp"
#include "tests/nn/check.hpp"
#include "tests/vision/temporary_folder.hpp"
#include "vision/images/image.hpp"
#include "vision/networks/mobilenet_v2.hpp"
#include "vision/networks/pretrained.hpp"
#include "vision/networks/squeezenet.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

const Var& small_picture() {
  static const Var picture = [] {
    Rng rng(1);
    return constant(normal({1, 3, 32, 32}, 0, 1, rng));
  }();
  return picture;
}

void save_network(const std::string& path, PictureNetwork& network,
                  const std::map<std::string, std::string>& metadata = {}) {
  nn::save_safetensors(path, {network.state_dict(), metadata, {}});
}

} // namespace

BOOST_AUTO_TEST_SUITE(pretrained)

BOOST_AUTO_TEST_CASE(what_a_file_holds_is_told_by_its_names) {
  const TemporaryFolder folder;
  const std::string path = folder / "weights.safetensors";
  Rng rng(2);

  MobileNetV2 mobile({.num_classes = 7}, rng);
  save_network(path, mobile);
  mobile.eval();
  const Tensor expected = mobile(small_picture()).value();
  Pretrained loaded = load_pretrained(path, {.fold = false});
  BOOST_TEST(loaded.name == "MobileNetV2");
  BOOST_TEST(loaded.network->classes() == 7);
  BOOST_TEST((loaded.scale == imagenet_scale));
  BOOST_TEST(!loaded.network->training());
  BOOST_TEST(!loaded.network->parameters()[0].needs_grad());
  BOOST_TEST(identical((*loaded.network)(small_picture()).value(), expected));
  loaded = load_pretrained(path); // folded on the way
  BOOST_TEST(difference((*loaded.network)(small_picture()).value(), expected) < 1e-11);

  mobile.fold(); // a file that is folded already
  save_network(path, mobile, {{"padding", "TensorFlow SAME: bottom and right"}});
  loaded = load_pretrained(path);
  BOOST_TEST((loaded.scale == symmetric_scale));
  BOOST_TEST(difference((*loaded.network)(small_picture()).value(), expected) > 1e-9);
  loaded = load_pretrained(path, {.padding = PaddingRule::torch});
  BOOST_TEST(difference((*loaded.network)(small_picture()).value(), expected) < 1e-11);

  SqueezeNet squeeze({.num_classes = 3}, rng);
  save_network(path, squeeze);
  loaded = load_pretrained(path);
  BOOST_TEST(loaded.name == "SqueezeNet 1.1");
  BOOST_TEST(
      identical((*loaded.network)(small_picture()).value(), squeeze(small_picture()).value()));
}

BOOST_AUTO_TEST_CASE(files_that_do_not_fit) {
  const TemporaryFolder folder;
  const std::string path = folder / "weights.safetensors";
  Rng rng(3);
  SqueezeNet squeeze({.num_classes = 3}, rng);
  const auto error = [&](const nn::StateDict& state) {
    nn::save_safetensors(path, {state, {}, {}});
    const std::string message = message_of([&] { load_pretrained(path); });
    BOOST_TEST(message.starts_with(path + ": "), message);
    BOOST_TEST(message.find('\n') == std::string::npos);
    return message.substr(path.size() + 2);
  };
  BOOST_TEST(error({{"conv.weight", zeros({1})}}) ==
             "neither MobileNetV2 (features.18.0.weight) nor SqueezeNet 1.1 "
             "(features.12.squeeze.weight)");
  nn::StateDict state = squeeze.state_dict();
  state.erase("features.3.squeeze.bias");
  state["features.0.weight"] = zeros({64, 3, 7, 7});
  state["features.99.weight"] = zeros({2});
  BOOST_TEST(error(state) ==
             "state dict of another model: \"features.0.weight\" is (64, 3, 7, 7), expected (64, "
             "3, 3, 3); \"features.3.squeeze.bias\" (16) is missing; \"features.99.weight\" (2) is "
             "not a part of it");
  state["classifier.1.weight"] = zeros({1'000'000'000'000, 0}); // makes no network of such a size
  BOOST_TEST(error(state) ==
             "\"classifier.1.weight\" is (1000000000000, 0), expected (classes, 512)");
  state.erase("classifier.1.weight");
  BOOST_TEST(error(state) == "\"classifier.1.weight\" is missing");
}

BOOST_AUTO_TEST_CASE(a_digest_changes_with_whatever_changes_the_features) {
  const TemporaryFolder folder;
  const std::string path = folder / "weights.safetensors";
  Rng rng(4);
  SqueezeNet squeeze({.num_classes = 2}, rng);
  save_network(path, squeeze);
  const std::string first = load_pretrained(path).digest;
  BOOST_TEST(load_pretrained(path).digest == first);
  BOOST_TEST(load_pretrained(path, {.padding = PaddingRule::tensorflow}).digest != first);
  BOOST_TEST(load_pretrained(path, {.fold = false}).digest != first);
  BOOST_TEST(load_pretrained(path, {.scale = symmetric_scale}).digest != first);
  squeeze.parameters()[0].update([](Tensor& x) { x.data()[0] += real(1e-6); });
  save_network(path, squeeze);
  BOOST_TEST(load_pretrained(path).digest != first);
  BOOST_TEST(digest_of_file(path) == digest_of(read_file(path)));
  BOOST_TEST(digest_of("") == "99aa06d3014798d86001c324468d497f"); // xxhsum -H2 gives it
}

BOOST_AUTO_TEST_CASE(guesses_and_labels) {
  const auto guesses = best_guesses(Tensor{{0, 2, 1}, {1000, 0, 1000}}, 2);
  BOOST_TEST(guesses.size() == 2);
  BOOST_TEST(guesses[0][0].label == 1);
  BOOST_TEST(std::abs(guesses[0][0].probability - 1 / (1 + std::exp(-1.) + std::exp(-2.))) < 1e-12);
  BOOST_TEST(guesses[0][1].label == 2);
  BOOST_TEST(guesses[1][0].probability == 0.5); // no overflow
  BOOST_TEST(best_guesses(Tensor{{0, 1}}, 5)[0].size() == 2);
  const TemporaryFolder folder;
  write_file(folder / "labels", "cat\r\ndog\n\n");
  BOOST_TEST((read_labels(folder / "labels", 2) == std::vector<std::string>{"cat", "dog"}));
  BOOST_TEST(message_of([&] { read_labels(folder / "labels", 3); }) ==
             folder / "labels: 2 labels; expected 3, one a line");
}

// The weights and photographs themselves, if they are there.
BOOST_AUTO_TEST_CASE(photographs) {
  const char* data = std::getenv("TAPESTRY_DATA");
  if (!data) {
    BOOST_TEST_MESSAGE("skipped: TAPESTRY_DATA is not set");
    return;
  }
  const std::string root = data;
  const Pretrained model = load_pretrained(root + "/mobilenet_v2/mobilenet_v2.safetensors");
  const auto labels =
      read_labels(root + "/mobilenet_v2/imagenet_labels.txt", model.network->classes());
  const auto reference = nlohmann::json::parse(read_file(root + "/mobilenet_v2/reference.json"));
  for (const auto& [name, expected] : reference.items()) {
    const Tensor picture = scaled(read_image(root + "/photos/" + name), model.scale);
    const Var grid = model.network->grid(constant(reshaped(picture, {1, 3, 224, 224})));
    BOOST_TEST(grid.shape() == (Shape{1, 1280, 7, 7}));
    const Tensor vector = picture_vectors(grid).value();
    // What was computed in float, and written with five decimals.
    double sum = 0;
    for (const real x : vector.storage()) sum += double{x};
    BOOST_TEST(std::abs(sum / 1280 - expected.at("feature_mean").get<double>()) < 1e-4);
    for (std::size_t i = 0; i < 8; ++i)
      BOOST_TEST(std::abs(vector.data()[i] - expected.at("feature_first8")[i].get<double>()) <
                 1e-3);
    const auto guesses = best_guesses(model.network->logits(grid).value(), 5)[0];
    for (std::size_t i = 0; i < 5; ++i) {
      const auto& [label, number, probability] =
          expected.at("top5")[i].get<std::tuple<std::string, std::size_t, double>>();
      BOOST_TEST(guesses[i].label == number);
      BOOST_TEST(labels[guesses[i].label] == label);
      BOOST_TEST(std::abs(guesses[i].probability - probability) < 1e-3);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
