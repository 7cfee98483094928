// One random number for all entries is no better than ones: every entry needs its own.
    cotangent_ = full(y.shape(), rng_.normal());
