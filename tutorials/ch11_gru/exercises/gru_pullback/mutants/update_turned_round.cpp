// h' = (1 - z) n + z h: the proposal has the factor 1 - z, and the old state z; yours are exchanged.
    const Lanes dn = clip(g * z * (1 - n * n));
    const Lanes dz = clip(g * (h - n) * z * (1 - z));
    const Lanes dr = clip(dn * p * r * (1 - r));
    const Lanes dp = dn * r;
    at.store(gates, dr), at.store(gates + m, dz), at.store(gates + 2 * m, dn);
    at.store(to_state, dr), at.store(to_state + m, dz), at.store(to_state + 2 * m, dp);
    at.store(proposed, dp), at.store(dh, g * (1 - z));
