// g came out of a tanh, so its factor is 1 - g^2; g (1 - g) is that of a sigmoid.
    const Lanes dnext = at.load(dc) + dh * o * (1 - seen * seen);
    at.store(gates, clip(dnext * g * i * (1 - i)));
    at.store(gates + n, clip(dnext * c * f * (1 - f)));
    at.store(gates + 2 * n, clip(dnext * i * g * (1 - g)));
    at.store(gates + 3 * n, clip(dh * seen * o * (1 - o)));
    at.store(dc, dnext * f);
