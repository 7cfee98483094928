// What comes from this step's own output, dy, is missing: add it to what the step after sends, dh.
void backward_row(std::size_t n, Nonlinearity f, real* next, const real* dh, const real* dy,
                  real bound) {
  (void)dy;
  for_lanes(n, [&](auto at) {
    const Lanes h = at.load(next), g = at.load(dh), zero(real{0});
    const Lanes sum = f == Nonlinearity::tanh ? g * (1 - h * h) : xsimd::select(h > zero, g, zero);
    at.store(next, bound > 0 ? xsimd::max(xsimd::min(sum, Lanes(bound)), Lanes(-bound)) : sum);
  });
}
