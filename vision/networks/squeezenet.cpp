#include "vision/networks/squeezenet.hpp"

#include <fmt/format.h>

#include "autograd/operators/shaping.hpp"
#include "nn/pooling.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// torchvision counts poolings and ReLUs as layers too: `number` is a fire module's. A pooling
// stands before those that say so.
struct FireStage {
  int number;
  bool pool;
  FireOptions options;
};
constexpr FireStage fire_stages[] = {
    {3, true, {64, 16, 64, 64}},      {4, false, {128, 16, 64, 64}},
    {6, true, {128, 32, 128, 128}},   {7, false, {256, 32, 128, 128}},
    {9, true, {256, 48, 192, 192}},   {10, false, {384, 48, 192, 192}},
    {11, false, {384, 64, 256, 256}}, {12, false, {512, 64, 256, 256}}};

nn::Conv2dOptions fire_conv(std::size_t in, std::size_t out, std::size_t kernel) {
  return {.in_channels = in,
          .out_channels = out,
          .kernel_size = kernel,
          .padding = kernel / 2,
          .relu = true};
}

} // namespace

Fire::Fire(const FireOptions& o, Rng& rng)
    : squeeze_(fire_conv(o.in_channels, o.squeeze, 1), rng),
      expand1x1_(fire_conv(o.squeeze, o.expand1x1, 1), rng),
      expand3x3_(fire_conv(o.squeeze, o.expand3x3, 3), rng) {}

Var Fire::operator()(const Operand& x) const {
  const Inside fire = inside(x.caller());
  const Var few = squeeze_(x);
  return concatenate({expand1x1_(few), expand3x3_(few)}, 1);
}

void Fire::visit(nn::Visitor& v) {
  v("squeeze", squeeze_);
  v("expand1x1", expand1x1_);
  v("expand3x3", expand3x3_);
}

SqueezeNet::SqueezeNet(const SqueezeNetOptions& o, Rng& rng)
    : first_({.in_channels = 3, .out_channels = 64, .kernel_size = 3, .stride = 2, .relu = true},
             rng),
      classifier_(
          {.in_channels = 512, .out_channels = o.num_classes, .kernel_size = 1, .relu = true},
          rng) {
  for (const FireStage& stage : fire_stages) fires_.emplace_back(stage.options, rng);
}

Var SqueezeNet::grid(const Operand& pictures) {
  const Inside network = inside(pictures.caller());
  Var x = first_(pictures);
  for (std::size_t i = 0; i < fires_.size(); ++i)
    x = fires_[i](fire_stages[i].pool ? max_pool2d(x, 3, 2, {.ceil_mode = true}) : x);
  return x;
}

Var SqueezeNet::logits(const Operand& grid) {
  const Inside network = inside(grid.caller());
  return picture_vectors(classifier_(grid));
}

void SqueezeNet::visit(nn::Visitor& v) {
  v("features.0", first_);
  for (std::size_t i = 0; i < fires_.size(); ++i)
    v(fmt::format("features.{}", fire_stages[i].number), fires_[i]);
  v("classifier.1", classifier_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
