#include "vision/networks/cnn.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/init.hpp"
#include "vision/networks/views.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

constexpr std::size_t coarseness = 4; // pixels that the colours' path sees as one

// Entries of the last stage's grid.
std::size_t grid_size(std::size_t side, const std::vector<std::size_t>& channels) {
  const std::size_t cells = side >> channels.size();
  if (channels.empty() || cells == 0)
    throw std::invalid_argument(
        fmt::format("Cnn: {} stages cannot halve a picture of {} pixels", channels.size(), side));
  return channels.back() * cells * cells;
}

std::size_t checked_side(std::size_t side) {
  if (side % coarseness != 0)
    throw std::invalid_argument(
        fmt::format("Cnn: a side of {} pixels, expected a multiple of {}", side, coarseness));
  return side;
}

} // namespace

CnnStage::CnnStage(std::size_t in, std::size_t out, Rng& rng)
    : conv_({.in_channels = in, .out_channels = out, .kernel_size = 3, .padding = 1, .bias = false},
            rng),
      normalise_({.num_features = out}) {
  conv_.weight.value() = kaiming_uniform(conv_.weight.shape(), rng);
}

//> cnn-stage
Var CnnStage::operator()(const Operand& x) {
  const Inside stage = inside(x.caller());
  return relu(normalise_(max_pool2d(conv_(x), 2, 2)));
}
//< cnn-stage

void CnnStage::visit(nn::Visitor& v) {
  v("conv", conv_);
  v("normalise", normalise_);
}

CnnPath::CnnPath(std::size_t in, std::size_t side, const std::vector<std::size_t>& channels,
                 std::size_t features, Rng& rng)
    : project_({.in_features = grid_size(side, channels), .out_features = features}, rng) {
  for (std::size_t out : channels) {
    stages_.emplace_back(in, out, rng);
    in = out;
  }
}

Var CnnPath::operator()(const Operand& x) {
  const Inside path = inside(x.caller());
  Var grid = x;
  for (CnnStage& stage : stages_) grid = stage(grid);
  const std::size_t batch = grid.shape()[0];
  return project_(reshape(grid, {batch, grid.value().size() / batch}));
}

void CnnPath::visit(nn::Visitor& v) {
  for (std::size_t i = 0; i < stages_.size(); ++i) v(fmt::format("stage{}", i), stages_[i]);
  v("project", project_);
}

Cnn::Cnn(const CnnOptions& o, Rng& rng)
    : outlines_(1, checked_side(o.side), o.channels, o.features - o.features / 4, rng),
      colours_(3, o.side / coarseness, o.colour_channels, o.features / 4, rng),
      normalise_({.num_features = o.features}) {}

//> cnn
Var Cnn::operator()(const Operand& pictures) {
  const Inside cnn = inside(pictures.caller());
  const Var centred = pictures * 2 - 1;
  const Var forms = outlines_(outlines(centred));
  const Var colours = colours_(coarse(centred, coarseness));
  return normalise_(concatenate({forms, colours}, 1));
}
//< cnn

void Cnn::visit(nn::Visitor& v) {
  v("outlines", outlines_);
  v("colours", colours_);
  v("normalise", normalise_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
