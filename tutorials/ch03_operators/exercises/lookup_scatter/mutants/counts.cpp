// The pull-back must pass on y.grad(), the gradient that arrives; yours counts how often a row was used.
    for (std::size_t i = 0; i < ids.size(); ++i) {
      real* row = table.grad().data() + static_cast<std::size_t>(ids.data()[i]) * d;
      for (std::size_t j = 0; j < d; ++j) row[j] += 1;
    }
