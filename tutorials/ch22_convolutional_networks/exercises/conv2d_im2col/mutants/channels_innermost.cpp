// The rows go by channel first and by tap then, (c * kh + i) * kw + j, as the weights (O, C, kh, kw) do; yours have the channels innermost.
std::ptrdiff_t seen_at(const ConvGeometry& g, std::size_t oy, std::size_t ox, std::size_t i,
                       std::size_t j) {
  const std::size_t row = oy * g.stride.height + i * g.dilation.height;
  const std::size_t column = ox * g.stride.width + j * g.dilation.width;
  if (row < g.top || row >= g.top + g.height || column < g.left || column >= g.left + g.width)
    return -1;
  return static_cast<std::ptrdiff_t>((row - g.top) * g.width + column - g.left);
}

void copy_patches(const ConvGeometry& g, const real* x, real* columns) {
  for (std::size_t b = 0; b < g.batch; ++b)
    for (std::size_t i = 0; i < g.kernel_h; ++i)
      for (std::size_t j = 0; j < g.kernel_w; ++j)
        for (std::size_t c = 0; c < g.channels; ++c)
          for (std::size_t oy = 0; oy < g.out_h; ++oy)
            for (std::size_t ox = 0; ox < g.out_w; ++ox) {
              const std::ptrdiff_t at = seen_at(g, oy, ox, i, j);
              *columns++ = at < 0 ? 0 : x[(b * g.channels + c) * g.plane() + at];
            }
}
