// The last argument of product: true adds to the gradient, false erases what other uses have left there.
    if (a.needs_grad())
      product(m, k, n, dy, transposed(rows_of(b.value())), a.grad().data(), k, false);
    if (b.needs_grad())
      product(k, n, m, transposed(rows_of(a.value())), dy, b.grad().data(), n, false);
