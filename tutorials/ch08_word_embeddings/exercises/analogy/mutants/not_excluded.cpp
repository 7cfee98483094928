// The three words of the question are no answers: nearest() must be told to leave them out.
std::vector<Neighbour> WordVectors::analogy(std::size_t a, std::size_t b, std::size_t c,
                                            std::size_t n, std::size_t among) const {
  const real* const unit = units_.data();
  std::vector<real> wanted(dim());
  for (std::size_t j = 0; j < dim(); ++j)
    wanted[j] = unit[b * dim() + j] - unit[a * dim() + j] + unit[c * dim() + j];
  const std::size_t asked[] = {a};
  return nearest(wanted, n, asked, among);
}
