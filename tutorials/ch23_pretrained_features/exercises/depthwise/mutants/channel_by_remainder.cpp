// The outputs of one channel stand side by side: output o sees channel o / (O / C); yours takes o % C.
void depthwise(const ConvGeometry& g, const real* x, const real* weight, const real* bias,
               bool relu, real* y) {
  for (std::size_t b = 0; b < g.batch; ++b)
    for (std::size_t o = 0; o < g.outputs; ++o) {
      const std::size_t c = o % g.channels;
      for (std::size_t oy = 0; oy < g.out_h; ++oy)
        for (std::size_t ox = 0; ox < g.out_w; ++ox) {
          real sum = bias[o];
          for (std::size_t i = 0; i < g.kernel_h; ++i)
            for (std::size_t j = 0; j < g.kernel_w; ++j) {
              const auto row = static_cast<std::ptrdiff_t>(oy * g.stride.height + i * g.dilation.height) -
                               static_cast<std::ptrdiff_t>(g.top);
              const auto column = static_cast<std::ptrdiff_t>(ox * g.stride.width + j * g.dilation.width) -
                                  static_cast<std::ptrdiff_t>(g.left);
              if (row < 0 || column < 0 || row >= static_cast<std::ptrdiff_t>(g.height) ||
                  column >= static_cast<std::ptrdiff_t>(g.width))
                continue;
              sum += weight[(o * g.kernel_h + i) * g.kernel_w + j] *
                     x[((b * g.channels + c) * g.height + static_cast<std::size_t>(row)) * g.width +
                       static_cast<std::size_t>(column)];
            }
          y[((b * g.outputs + o) * g.out_h + oy) * g.out_w + ox] = relu && sum <= 0 ? 0 : sum;
        }
    }
}
