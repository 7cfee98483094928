#include "vision/cnn.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "autograd/arithmetic.hpp"
#include "autograd/functions.hpp"
#include "autograd/shaping.hpp"
#include "nn/init.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// Entries of the last stage's grid.
std::size_t grid_size(const CnnOptions& o) {
  const std::size_t cells = o.side >> o.channels.size();
  if (o.channels.empty() || cells == 0)
    throw std::invalid_argument(fmt::format("Cnn: {} stages cannot halve a picture of {} pixels",
                                            o.channels.size(), o.side));
  return o.channels.back() * cells * cells;
}

} // namespace

CnnStage::CnnStage(std::size_t in, std::size_t out, Rng& rng)
    : conv_({.in_channels = in, .out_channels = out, .kernel_size = 3, .padding = 1, .bias = false},
            rng),
      normalise_({.num_features = out}) {
  conv_.weight.value() = kaiming_uniform(conv_.weight.shape(), rng);
}

Var CnnStage::operator()(const Operand& x) { return relu(normalise_(max_pool2d(conv_(x), 2, 2))); }

void CnnStage::visit(nn::Visitor& v) {
  v("conv", conv_);
  v("normalise", normalise_);
}

Cnn::Cnn(const CnnOptions& o, Rng& rng)
    : project_({.in_features = grid_size(o), .out_features = o.features}, rng),
      normalise_({.num_features = o.features}) {
  std::size_t in = 3;
  for (std::size_t out : o.channels) {
    stages_.emplace_back(in, out, rng);
    in = out;
  }
}

//> cnn
Var Cnn::operator()(const Operand& pictures) {
  Var x = pictures * 2 - 1; // centred at 0
  for (CnnStage& stage : stages_) x = stage(x);
  const std::size_t batch = x.shape()[0];
  const Var features = project_(reshape(x, {batch, x.value().size() / batch}));
  const std::size_t n = features.shape()[1];
  return reshape(normalise_(reshape(features, {batch, n, 1, 1})), {batch, n});
}
//< cnn

void Cnn::visit(nn::Visitor& v) {
  for (std::size_t i = 0; i < stages_.size(); ++i) v(fmt::format("stage{}", i), stages_[i]);
  v("project", project_);
  v("normalise", normalise_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
