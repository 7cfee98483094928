// What arrives at the padding is dropped: its zeros are constants. Yours gives it to the nearest pixel of the picture.
void add_patches(const ConvGeometry& g, const real* dcolumns, real* dx) {
  for (std::size_t plane = 0; plane < g.batch * g.channels; ++plane)
    for (std::size_t i = 0; i < g.kernel_h; ++i)
      for (std::size_t j = 0; j < g.kernel_w; ++j)
        for (std::size_t oy = 0; oy < g.out_h; ++oy)
          for (std::size_t ox = 0; ox < g.out_w; ++ox, ++dcolumns) {
            const std::size_t row = std::clamp(oy * g.stride.height + i * g.dilation.height, g.top,
                                               g.top + g.height - 1) - g.top;
            const std::size_t column = std::clamp(ox * g.stride.width + j * g.dilation.width,
                                                  g.left, g.left + g.width - 1) - g.left;
            dx[(plane * g.height + row) * g.width + column] += *dcolumns;
          }
}
