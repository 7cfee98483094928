// A matrix that is constant needs no gradient: without needs_grad(), its product is computed for nothing.
    product(m, k, n, dy, transposed(rows_of(b.value())), a.grad().data(), k, true);
    product(k, n, m, transposed(rows_of(a.value())), dy, b.grad().data(), n, true);
