// Draw both signs: with positive numbers only, a pull-back that takes the absolute value of what arrives passes.
    cotangent_ = uniform(y.shape(), 0.5, 1.5, rng_);
