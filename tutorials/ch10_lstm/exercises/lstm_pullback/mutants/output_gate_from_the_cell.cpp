// The output gate is not in c': its gradient comes from dh alone, and not from that of c'.
    const Lanes dnext = at.load(dc) + dh * o * (1 - seen * seen);
    at.store(gates, clip(dnext * g * i * (1 - i)));
    at.store(gates + n, clip(dnext * c * f * (1 - f)));
    at.store(gates + 2 * n, clip(dnext * i * (1 - g * g)));
    at.store(gates + 3 * n, clip(dnext * seen * o * (1 - o)));
    at.store(dc, dnext * f);
