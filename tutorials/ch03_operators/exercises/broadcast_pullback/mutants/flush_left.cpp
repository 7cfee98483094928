// Axes are aligned at the last one: the ones that fill up grad's shape go in front of it, not behind.
  Shape small = grad.shape();
  while (small.size() < g.dimension()) small.push_back(1);
  for_each_run(g.shape(), small,
               [&](std::size_t i, std::size_t j, std::size_t n, std::size_t step) {
                 for (std::size_t k = 0; k < n; ++k)
                   if (j + k * step < grad.size()) grad.data()[j + k * step] += g.data()[i + k];
               });
