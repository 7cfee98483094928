// The gradient is cut before the slope of the tanh; cut what is stored, the gradient of the sum.
void backward_row(std::size_t n, Nonlinearity f, real* next, const real* dh, const real* dy,
                  real bound) {
  for_lanes(n, [&](auto at) {
    const Lanes h = at.load(next), zero(real{0});
    const Lanes all = at.load(dh) + at.load(dy);
    const Lanes g = bound > 0 ? xsimd::max(xsimd::min(all, Lanes(bound)), Lanes(-bound)) : all;
    at.store(next, f == Nonlinearity::tanh ? g * (1 - h * h) : xsimd::select(h > zero, g, zero));
  });
}
