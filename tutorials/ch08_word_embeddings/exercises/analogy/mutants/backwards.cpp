// The step from a to b is b - a; yours goes from b to a.
std::vector<Neighbour> WordVectors::analogy(std::size_t a, std::size_t b, std::size_t c,
                                            std::size_t n, std::size_t among) const {
  const real* const unit = units_.data();
  std::vector<real> wanted(dim());
  for (std::size_t j = 0; j < dim(); ++j)
    wanted[j] = unit[a * dim() + j] - unit[b * dim() + j] + unit[c * dim() + j];
  const std::size_t asked[] = {a, b, c};
  return nearest(wanted, n, asked, among);
}
