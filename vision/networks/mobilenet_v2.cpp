#include "vision/networks/mobilenet_v2.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// Table 2: `count` blocks in a row to `channels`, the first of them with this stride.
struct Stage {
  std::size_t expand_ratio, channels, count, stride;
};
constexpr Stage mobile_stages[] = {{1, 16, 1, 1}, {6, 24, 2, 2},  {6, 32, 3, 2}, {6, 64, 4, 2},
                                   {6, 96, 3, 1}, {6, 160, 3, 2}, {6, 320, 1, 1}};
constexpr std::size_t mobile_first = 32, mobile_last = 1280;

// The nearest multiple of 8, but never below nine tenths (torchvision's _make_divisible).
std::size_t mobile_width(std::size_t channels, double width_mult) {
  const double wanted = static_cast<double>(channels) * width_mult;
  const std::size_t nearest =
      std::max<std::size_t>(8, static_cast<std::size_t>(wanted + 4) / 8 * 8);
  return static_cast<double>(nearest) < 0.9 * wanted ? nearest + 8 : nearest;
}

const MobileNetV2Options& checked_mobile(const MobileNetV2Options& o) {
  if (!(o.width_mult > 0 && o.width_mult <= 64) || o.num_classes == 0)
    throw std::invalid_argument(fmt::format(
        "MobileNetV2: width_mult is {} and num_classes {}; expected above 0 and at most "
        "64, and at least 1",
        o.width_mult, o.num_classes));
  return o;
}

} // namespace

MobileNetV2::MobileNetV2(const MobileNetV2Options& o, Rng& rng)
    : first_({.in_channels = 3,
              .out_channels = mobile_width(mobile_first, checked_mobile(o).width_mult),
              .kernel_size = 3,
              .stride = 2,
              .padding = o.padding,
              .folded = o.folded},
             rng),
      last_({.in_channels = mobile_width(mobile_stages[6].channels, o.width_mult),
             .out_channels = mobile_width(mobile_last, std::max(1.0, o.width_mult)),
             .folded = o.folded},
            rng),
      classifier_({.in_features = last_.conv.weight.shape()[0], .out_features = o.num_classes},
                  rng) {
  std::size_t channels = first_.conv.weight.shape()[0];
  for (const Stage& stage : mobile_stages) {
    const std::size_t out = mobile_width(stage.channels, o.width_mult);
    for (std::size_t i = 0; i < stage.count; ++i) {
      blocks_.emplace_back(InvertedResidualOptions{.in_channels = channels,
                                                   .out_channels = out,
                                                   .stride = i == 0 ? stage.stride : 1,
                                                   .expand_ratio = stage.expand_ratio,
                                                   .padding = o.padding,
                                                   .folded = o.folded},
                           rng);
      channels = out;
    }
  }
}

Var MobileNetV2::grid(const Operand& pictures) {
  const Inside network = inside(pictures.caller());
  Var x = first_(pictures);
  for (InvertedResidual& block : blocks_) x = block(x);
  return last_(x);
}

std::vector<Var> MobileNetV2::stages(const Operand& pictures) {
  const Inside network = inside(pictures.caller());
  std::vector<Var> all{first_(pictures)};
  for (InvertedResidual& block : blocks_) all.push_back(block(all.back()));
  all.push_back(last_(all.back()));
  return all;
}

Var MobileNetV2::logits(const Operand& grid) {
  const Inside network = inside(grid.caller());
  return classifier_(picture_vectors(grid));
}

void MobileNetV2::fold() {
  first_.fold();
  for (InvertedResidual& block : blocks_) block.fold();
  last_.fold();
}

//> names
void MobileNetV2::visit(nn::Visitor& v) {
  v("features.0", first_);
  for (std::size_t i = 0; i < blocks_.size(); ++i) v(fmt::format("features.{}", i + 1), blocks_[i]);
  v(fmt::format("features.{}", blocks_.size() + 1), last_);
  v("classifier.1", classifier_);
}
//< names

} // namespace tapestry::inline TAPESTRY_PRECISION
