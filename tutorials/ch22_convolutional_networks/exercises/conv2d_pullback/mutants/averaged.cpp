// The gradients of all patches that see a pixel add up; yours are divided by how many they are. That would undo unfold; the pull-back is its transpose.
void add_patches(const ConvGeometry& g, const real* dcolumns, real* dx) {
  std::vector<real> sum(g.plane()), count(g.plane());
  for (std::size_t plane = 0; plane < g.batch * g.channels; ++plane) {
    std::fill(sum.begin(), sum.end(), real{0});
    std::fill(count.begin(), count.end(), real{0});
    for (std::size_t i = 0; i < g.kernel_h; ++i)
      for (std::size_t j = 0; j < g.kernel_w; ++j)
        for (std::size_t oy = 0; oy < g.out_h; ++oy)
          for (std::size_t ox = 0; ox < g.out_w; ++ox, ++dcolumns) {
            const std::ptrdiff_t at = seen_at(g, oy, ox, i, j);
            if (at >= 0) sum[at] += *dcolumns, count[at] += 1;
          }
    for (std::size_t k = 0; k < g.plane(); ++k)
      if (count[k] > 0) dx[plane * g.plane() + k] += sum[k] / count[k];
  }
}
