// What other uses have left in grad must stay: add to it, and do not begin at zero.
  Shape small(g.dimension() - grad.dimension(), 1);
  for (std::size_t s : grad.shape()) small.push_back(s);
  std::fill_n(grad.data(), grad.size(), real{0});
  for_each_run(g.shape(), small,
               [&](std::size_t i, std::size_t j, std::size_t n, std::size_t step) {
                 for (std::size_t k = 0; k < n; ++k) grad.data()[j + k * step] += g.data()[i + k];
               });
