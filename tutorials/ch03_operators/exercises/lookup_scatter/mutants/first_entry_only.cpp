// A row has d entries; each of them has a gradient.
    for (std::size_t i = 0; i < ids.size(); ++i)
      table.grad().data()[static_cast<std::size_t>(ids.data()[i]) * d] += y.grad().data()[i * d];
