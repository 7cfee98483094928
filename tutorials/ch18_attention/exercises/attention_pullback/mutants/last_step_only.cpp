// Every step of the decoder looks at the same keys, and their gradients add up: `+=`, or this step erases what the others have left.
void attend_row_back(const AttentionView& to, const real* query, const real* weights,
                     const real* dcontext, const AttentionGradients& g) {
  real mean = 0;
  for (std::size_t j = 0; j < to.places; ++j) {
    g.dweights[j] = dot_row(to.value_size, dcontext, to.values + j * to.value_size);
    mean += weights[j] * g.dweights[j];
  }
  for (std::size_t j = 0; j < to.places; ++j) {
    const Lanes de(weights[j] * (g.dweights[j] - mean));
    const real* key = to.keys + j * to.key_size;
    real* dkey = g.dkeys ? g.dkeys + j * to.key_size : nullptr;
    for_lanes(to.key_size, [&](auto at) {
      const auto add = [at](real* sum, const Lanes& x) { at.store(sum, at.load(sum) + x); };
      if (!to.v) {
        add(g.dquery, de * at.load(key));
        if (dkey) at.store(dkey, de * at.load(query));
        return;
      }
      const Lanes t = score_tanh(at.load(query) + at.load(key));
      const Lanes dsum = de * at.load(to.v) * (1 - t * t);
      add(g.dquery, dsum);
      if (dkey) at.store(dkey, dsum);
      if (g.dv) add(g.dv, de * t);
    });
  }
}
