// dA = dY B^T: the B in it must be transposed.
    if (a.needs_grad())
      product(m, k, n, dy, rows_of(b.value()), a.grad().data(), k, true);
    if (b.needs_grad())
      product(k, n, m, transposed(rows_of(a.value())), dy, b.grad().data(), n, true);
