// B has a gradient as well; here it stays 0.
    if (a.needs_grad())
      product(m, k, n, dy, transposed(rows_of(b.value())), a.grad().data(), k, true);
