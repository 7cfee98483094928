// h' = o tanh(c'): on its way from h' to c', the gradient passes a tanh, a factor 1 - seen^2.
    const Lanes dnext = at.load(dc) + dh * o;
    at.store(gates, clip(dnext * g * i * (1 - i)));
    at.store(gates + n, clip(dnext * c * f * (1 - f)));
    at.store(gates + 2 * n, clip(dnext * i * (1 - g * g)));
    at.store(gates + 3 * n, clip(dh * seen * o * (1 - o)));
    at.store(dc, dnext * f);
