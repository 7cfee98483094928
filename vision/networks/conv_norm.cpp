#include "vision/networks/conv_norm.hpp"

#include "autograd/operators/functions.hpp"
#include "nn/fold_batch_norm.hpp"
#include "nn/pictures/same_padding.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

nn::Conv2dOptions conv_options(const ConvNormOptions& o) {
  return {.in_channels = o.in_channels,
          .out_channels = o.out_channels,
          .kernel_size = o.kernel_size,
          .stride = o.stride,
          .padding = {(o.kernel_size.height - 1) / 2, (o.kernel_size.width - 1) / 2},
          .groups = o.groups,
          .bias = o.folded};
}

} // namespace

ConvNorm::ConvNorm(const ConvNormOptions& o, Rng& rng)
    : conv(conv_options(o), rng), cut_(o.cut), padding_(o.padding) {
  if (!o.folded) norm.emplace(nn::BatchNorm2dOptions{.num_features = o.out_channels});
}

Var ConvNorm::operator()(const Operand& x) {
  const Inside block = inside(x.caller());
  ConvOptions options = conv.options();
  if (padding_ == PaddingRule::tensorflow && x.rank() == 4) {
    const Shape& kernel = conv.weight.shape();
    options.padding =
        same_padding({x.shape()[2], x.shape()[3]}, {kernel[2], kernel[3]}, options.stride);
  }
  options.relu = !norm && cut_ == Cut::relu;
  Var y = conv.has_bias() ? conv2d(x, conv.weight, conv.bias, options)
                          : conv2d(x, conv.weight, options);
  if (norm) y = (*norm)(y);
  if (cut_ == Cut::none || options.relu) return y;
  return cut_ == Cut::relu ? relu(y) : relu6(y);
}

void ConvNorm::visit(nn::Visitor& v) {
  v("0", conv);
  if (norm) v("1", *norm);
}

void ConvNorm::fold() {
  if (!norm) return;
  conv = nn::fold_batch_norm(conv, *norm);
  norm.reset();
}

} // namespace tapestry::inline TAPESTRY_PRECISION
