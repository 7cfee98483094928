// The gradient of A comes through B, and that of B through A; yours are exchanged.
    if (a.needs_grad())
      product(m, k, n, dy, transposed(rows_of(a.value())), a.grad().data(), k, true);
    if (b.needs_grad())
      product(k, n, m, transposed(rows_of(b.value())), dy, b.grad().data(), n, true);
