// The gradient must be multiplied by the slope of the tanh, 1 - h'^2, on its way to the sum.
void backward_row(std::size_t n, Nonlinearity f, real* next, const real* dh, const real* dy,
                  real bound) {
  for_lanes(n, [&](auto at) {
    const Lanes h = at.load(next), g = at.load(dh) + at.load(dy), zero(real{0});
    const Lanes sum = f == Nonlinearity::tanh ? g : xsimd::select(h > zero, g, zero);
    at.store(next, bound > 0 ? xsimd::max(xsimd::min(sum, Lanes(bound)), Lanes(-bound)) : sum);
  });
}
