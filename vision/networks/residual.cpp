#include "vision/networks/residual.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

BasicBlock::BasicBlock(const BasicBlockOptions& o, Rng& rng)
    : first_({.in_channels = o.in_channels,
              .out_channels = o.out_channels,
              .kernel_size = 3,
              .stride = o.stride,
              .cut = Cut::relu},
             rng),
      second_({.in_channels = o.out_channels,
               .out_channels = o.out_channels,
               .kernel_size = 3,
               .cut = Cut::none},
              rng) {
  if (o.stride != 1 || o.in_channels != o.out_channels)
    downsample_.emplace(ConvNormOptions{.in_channels = o.in_channels,
                                        .out_channels = o.out_channels,
                                        .stride = o.stride,
                                        .cut = Cut::none},
                        rng);
}

Var BasicBlock::operator()(const Operand& x) {
  const Inside block = inside(x.caller());
  const Var change = second_(first_(x));
  return relu((downsample_ ? (*downsample_)(x) : Var(x)) + change);
}

void BasicBlock::visit(nn::Visitor& v) {
  v("conv1", first_.conv);
  v("bn1", *first_.norm);
  v("conv2", second_.conv);
  v("bn2", *second_.norm);
  if (downsample_) v("downsample", *downsample_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
