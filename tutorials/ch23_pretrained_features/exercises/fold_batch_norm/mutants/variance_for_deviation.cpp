// The deviation is the square root of the variance plus eps; yours divides by the variance itself.
Conv2d fold_batch_norm(const Conv2d& conv, const BatchNorm2d& norm) {
  const Shape& shape = conv.weight.shape(); // (O, C / groups, kh, kw)
  const std::size_t channels = shape[0], kernel = shape[1] * shape[2] * shape[3];
  if (norm.running_mean.size() != channels)
    throw std::invalid_argument(fmt::format("fold_batch_norm: {} channels of the convolution, but "
                                            "the normalisation has {}",
                                            channels, norm.running_mean.size()));
  if (conv.options().relu)
    throw std::invalid_argument("fold_batch_norm: the convolution cuts at 0 before the "
                                "normalisation; expected .relu = false");
  Tensor weight = conv.weight.value();
  Tensor bias = conv.has_bias() ? conv.bias.value() : zeros({channels});
  for (std::size_t c = 0; c < channels; ++c) {
    const real gamma = norm.affine() ? norm.weight.value().data()[c] : real{1};
    const real beta = norm.affine() ? norm.bias.value().data()[c] : real{0};
    const real deviation = norm.running_var.data()[c] + static_cast<real>(norm.eps());
    const real scale = gamma / deviation;
    for (std::size_t i = 0; i < kernel; ++i) weight.data()[c * kernel + i] *= scale;
    bias.data()[c] = scale * (bias.data()[c] - norm.running_mean.data()[c]) + beta;
  }
  return Conv2d(std::move(weight), std::move(bias), conv.options());
}
