// The gradient that comes back from the next step's cell, at.load(dc), belongs to c' as well.
    const Lanes dnext = dh * o * (1 - seen * seen);
    at.store(gates, clip(dnext * g * i * (1 - i)));
    at.store(gates + n, clip(dnext * c * f * (1 - f)));
    at.store(gates + 2 * n, clip(dnext * i * (1 - g * g)));
    at.store(gates + 3 * n, clip(dh * seen * o * (1 - o)));
    at.store(dc, dnext * f);
