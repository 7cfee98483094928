// A derivative without a pull-back: measured.
#pragma once

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

//> slopes
/// df/dx of a function f that turns a tensor into one number: every entry of x moves by h, both
/// ways. x: (...) -> (...)
template <class F> Tensor slopes(F f, const Tensor& x) {
  const real h = real(1e-5);
  Tensor d = zeros(x.shape());
  for (std::size_t i = 0; i < x.size(); ++i) {
    Tensor up = x, down = x;
    up.data()[i] += h;
    down.data()[i] -= h;
    d.data()[i] = (f(up) - f(down)) / (2 * h);
  }
  return d;
}
//< slopes

} // namespace tapestry::inline TAPESTRY_PRECISION
