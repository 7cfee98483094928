// A patch is a column of dcolumns, and its neighbour in memory belongs to the next patch; yours reads a whole patch before the next one.
void add_patches(const ConvGeometry& g, const real* dcolumns, real* dx) {
  for (std::size_t b = 0; b < g.batch; ++b)
    for (std::size_t oy = 0; oy < g.out_h; ++oy)
      for (std::size_t ox = 0; ox < g.out_w; ++ox)
        for (std::size_t c = 0; c < g.channels; ++c)
          for (std::size_t i = 0; i < g.kernel_h; ++i)
            for (std::size_t j = 0; j < g.kernel_w; ++j, ++dcolumns) {
              const std::ptrdiff_t at = seen_at(g, oy, ox, i, j);
              if (at >= 0) dx[(b * g.channels + c) * g.plane() + at] += *dcolumns;
            }
}
