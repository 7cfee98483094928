#include "vision/networks/inverted_residual.hpp"

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

std::size_t wide(const InvertedResidualOptions& o) { return o.in_channels * o.expand_ratio; }

} // namespace

InvertedResidual::InvertedResidual(const InvertedResidualOptions& o, Rng& rng)
    : depthwise_({.in_channels = wide(o),
                  .out_channels = wide(o),
                  .kernel_size = 3,
                  .stride = o.stride,
                  .groups = wide(o),
                  .padding = o.padding,
                  .folded = o.folded},
                 rng),
      project_({.in_channels = wide(o),
                .out_channels = o.out_channels,
                .cut = Cut::none,
                .folded = o.folded},
               rng),
      adds_input_(o.stride == 1 && o.in_channels == o.out_channels) {
  if (o.expand_ratio != 1)
    expand_.emplace(
        ConvNormOptions{.in_channels = o.in_channels, .out_channels = wide(o), .folded = o.folded},
        rng);
}

//> inverted-residual
Var InvertedResidual::operator()(const Operand& x) {
  const Inside block = inside(x.caller());
  const Var wide = expand_ ? (*expand_)(x) : Var(x); // (B, t C, H, W)
  const Var y = project_(depthwise_(wide));          // (B, C', H / stride, W / stride)
  return adds_input_ ? x + y : y;
}
//< inverted-residual

void InvertedResidual::visit(nn::Visitor& v) {
  int i = 0;
  if (expand_) v(fmt::format("conv.{}", i++), *expand_);
  v(fmt::format("conv.{}", i++), depthwise_);
  v(fmt::format("conv.{}", i++), project_.conv); // in a Sequential of its own no more
  if (project_.norm) v(fmt::format("conv.{}", i), *project_.norm);
}

void InvertedResidual::fold() {
  if (expand_) expand_->fold();
  depthwise_.fold();
  project_.fold();
}

} // namespace tapestry::inline TAPESTRY_PRECISION
