// Draw from rng_: a generator made here gives the same cotangent for every seed.
    Rng fixed(1);
    cotangent_ = normal(y.shape(), 0, 1, fixed);
