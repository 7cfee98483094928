// The forget gate was multiplied by the cell before the step, c; yours has the tanh of the cell after it.
    const Lanes dnext = at.load(dc) + dh * o * (1 - seen * seen);
    at.store(gates, clip(dnext * g * i * (1 - i)));
    at.store(gates + n, clip(dnext * seen * f * (1 - f)));
    at.store(gates + 2 * n, clip(dnext * i * (1 - g * g)));
    at.store(gates + 3 * n, clip(dh * seen * o * (1 - o)));
    at.store(dc, dnext * f);
