// The bound holds for what goes to the state as well: to_state gets the clipped gradients.
    const Lanes dn = g * (1 - z) * (1 - n * n);
    const Lanes dz = g * (h - n) * z * (1 - z);
    const Lanes dr = clip(clip(dn) * p * r * (1 - r));
    const Lanes dp = clip(dn) * r;
    at.store(gates, dr), at.store(gates + m, clip(dz)), at.store(gates + 2 * m, clip(dn));
    at.store(to_state, dr), at.store(to_state + m, dz), at.store(to_state + 2 * m, dn * r);
    at.store(proposed, dp), at.store(dh, g * z);
