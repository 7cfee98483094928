// Every layer must know the bound of its gates' gradients: .gradient_clip is options_.gradient_clip.
  for (std::size_t l = 0; l < options_.num_layers; ++l) {
    if (l > 0 && training() && options_.dropout > 0)
      x = dropout(x, options_.dropout, *rng);
    SequenceInput in{.x = x, .steps = steps, .directions = {}, .h = part(h, l), .c = part(c, l)};
    for (std::size_t i = 0; i < d; ++i) {
      const RecurrentWeights& w = weights(l, i == 1);
      in.directions.push_back({w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh, w.weight_hr});
    }
    const SequenceOutput out = layer(in);
    x = out.output;
    last_h.push_back(out.h);
    last_c.push_back(out.c);
  }
