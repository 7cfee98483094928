// dB = A^T dY: the A in it must be transposed.
    if (a.needs_grad())
      product(m, k, n, dy, transposed(rows_of(b.value())), a.grad().data(), k, true);
    if (b.needs_grad())
      product(k, n, m, rows_of(a.value()), dy, b.grad().data(), n, true);
