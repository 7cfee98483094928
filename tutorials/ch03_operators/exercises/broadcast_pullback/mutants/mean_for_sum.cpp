// A sum and not a mean: every use of an entry sends its whole gradient back.
  Shape small(g.dimension() - grad.dimension(), 1);
  for (std::size_t s : grad.shape()) small.push_back(s);
  const real repeats = static_cast<real>(g.size()) / static_cast<real>(grad.size());
  for_each_run(g.shape(), small,
               [&](std::size_t i, std::size_t j, std::size_t n, std::size_t step) {
                 for (std::size_t k = 0; k < n; ++k)
                   grad.data()[j + k * step] += g.data()[i + k] / repeats;
               });
