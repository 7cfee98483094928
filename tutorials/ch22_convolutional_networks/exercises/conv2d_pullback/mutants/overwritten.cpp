// A pixel that several patches see gets the gradient of each: `+=`, or the last one erases the others.
void add_patches(const ConvGeometry& g, const real* dcolumns, real* dx) {
  for (std::size_t plane = 0; plane < g.batch * g.channels; ++plane)
    for (std::size_t i = 0; i < g.kernel_h; ++i)
      for (std::size_t j = 0; j < g.kernel_w; ++j)
        for (std::size_t oy = 0; oy < g.out_h; ++oy)
          for (std::size_t ox = 0; ox < g.out_w; ++ox, ++dcolumns) {
            const std::ptrdiff_t at = seen_at(g, oy, ox, i, j);
            if (at >= 0) dx[plane * g.plane() + at] = *dcolumns;
          }
}
