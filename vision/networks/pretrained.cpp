#include "vision/networks/pretrained.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "autograd/base/digest.hpp"
#include "autograd/base/error.hpp"
#include "nn/training/checkpoint.hpp"
#include "text/tokens/lines.hpp"
#include "vision/networks/mobilenet_v2.hpp"
#include "vision/networks/squeezenet.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

constexpr const char *tensorflow_padding = "TensorFlow SAME", *symmetric_input = "RGB x/127.5-1";

bool note_begins(const nn::SafetensorsFile& file, const char* key, const char* beginning) {
  const auto note = file.metadata.find(key);
  return note != file.metadata.end() && note->second.starts_with(beginning);
}

// How many classes the last layer has. Its shape is checked before a network is made by it.
std::size_t classes_in(const std::string& path, const nn::SafetensorsFile& file,
                       std::size_t features) {
  const auto weight = file.tensors.find("classifier.1.weight");
  if (weight == file.tensors.end())
    throw FormatError(path + ": \"classifier.1.weight\" is missing");
  const Shape& shape = weight->second.shape();
  if (shape.size() < 2 || shape[0] == 0 || shape[1] != features)
    throw FormatError(fmt::format("{}: \"classifier.1.weight\" is {}, expected (classes, {}{})",
                                  path, to_string(shape), features,
                                  shape.size() == 4 ? ", 1, 1" : ""));
  return shape[0];
}

std::string scale_name(const InputScale& s) {
  return fmt::format("{}/{}", fmt::join(s.mean, ","), fmt::join(s.deviation, ","));
}

} // namespace

std::map<std::string, std::string> Pretrained::notes() const {
  std::map<std::string, std::string> all;
  if (padding == PaddingRule::tensorflow) all["padding"] = tensorflow_padding;
  if (scale == symmetric_scale) all["input"] = symmetric_input;
  return all;
}

Pretrained load_pretrained(const std::string& path, const PretrainedOptions& options) {
  return pretrained_from(path, nn::load_safetensors(path), options);
}

Pretrained pretrained_from(const std::string& path, nn::SafetensorsFile file,
                           const PretrainedOptions& options) {
  const auto has = [&](const char* name) { return file.tensors.contains(name); };
  const PaddingRule padding = options.padding.value_or(
      note_begins(file, "padding", tensorflow_padding) ? PaddingRule::tensorflow
                                                       : PaddingRule::torch);
  const bool symmetric =
      note_begins(file, "input", symmetric_input) || padding == PaddingRule::tensorflow;

  Pretrained result;
  result.padding = padding;
  result.scale = options.scale.value_or(symmetric ? symmetric_scale : imagenet_scale);
  Rng rng(0); // every weight is overwritten
  if (has("features.18.0.weight")) {
    result.name = "MobileNetV2";
    const MobileNetV2Options made{.num_classes = classes_in(path, file, 1280),
                                  .padding = padding,
                                  .folded =
                                      has("features.0.0.bias") && !has("features.0.1.weight")};
    result.network = std::make_unique<MobileNetV2>(made, rng);
  } else if (has("features.12.squeeze.weight")) {
    result.name = "SqueezeNet 1.1";
    const SqueezeNetOptions made{.num_classes = classes_in(path, file, 512)};
    result.network = std::make_unique<SqueezeNet>(made, rng);
  } else {
    throw FormatError(path + ": neither MobileNetV2 (features.18.0.weight) nor SqueezeNet 1.1 "
                             "(features.12.squeeze.weight)");
  }
  nn::load_model(path, std::move(file), *result.network);
  result.network->eval();
  if (options.fold) result.network->fold();
  result.network->requires_grad(false);
  result.digest =
      digest_of(fmt::format("{} {} {} {}", digest_of_file(path), padding == PaddingRule::tensorflow,
                            options.fold, scale_name(result.scale)));
  return result;
}

Tensor vector_of(const Pretrained& model, const Tensor& picture) {
  Shape batch{1};
  batch.insert(batch.end(), picture.shape().begin(), picture.shape().end());
  const Var grid = model.network->grid(constant(reshaped(scaled(picture, model.scale), batch)));
  return reshaped(picture_vectors(grid).value(), {model.network->features()});
}

std::vector<std::string> read_labels(const std::string& path, std::size_t classes) {
  std::vector<std::string> labels = read_lines(path);
  while (!labels.empty() && labels.back().empty()) labels.pop_back();
  if (labels.size() != classes)
    throw FormatError(
        fmt::format("{}: {} labels; expected {}, one a line", path, labels.size(), classes));
  return labels;
}

std::vector<std::vector<Guess>> best_guesses(const Tensor& logits, std::size_t n) {
  if (logits.dimension() != 2)
    throw ShapeError(
        fmt::format("best_guesses: {}; expected (B, classes)", to_string(logits.shape())));
  std::vector<std::vector<Guess>> all;
  const std::size_t classes = logits.shape(1);
  for (std::size_t b = 0; b < logits.shape(0); ++b) {
    const real* row = logits.data() + b * classes;
    std::vector<Guess> guesses;
    const double largest = classes ? double{*std::max_element(row, row + classes)} : 0;
    double sum = 0;
    for (std::size_t c = 0; c < classes; ++c) {
      guesses.push_back({c, std::exp(double{row[c]} - largest)});
      sum += guesses.back().probability;
    }
    const std::size_t kept = std::min(n, classes);
    std::partial_sort(
        guesses.begin(), guesses.begin() + static_cast<std::ptrdiff_t>(kept), guesses.end(),
        [](const Guess& one, const Guess& other) { return one.probability > other.probability; });
    guesses.resize(kept);
    for (Guess& guess : guesses) guess.probability /= sum;
    all.push_back(std::move(guesses));
  }
  return all;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
