// What was repeated forward must be summed; yours keeps only what came last.
  Shape small(g.dimension() - grad.dimension(), 1);
  for (std::size_t s : grad.shape()) small.push_back(s);
  for_each_run(g.shape(), small,
               [&](std::size_t i, std::size_t j, std::size_t n, std::size_t step) {
                 for (std::size_t k = 0; k < n; ++k) grad.data()[j + k * step] = g.data()[i + k];
               });
