// The gradient of row i of y belongs to row ids[i] of the table, not to row i.
    for (std::size_t i = 0; i < ids.size(); ++i) {
      real* row = table.grad().data() + std::min(i, table.shape()[0] - 1) * d;
      for (std::size_t j = 0; j < d; ++j) row[j] += y.grad().data()[i * d + j];
    }
