#include "autograd/operators/dropout.hpp"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "autograd/tape.hpp"
#include "autograd/xt.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Var dropout(const Operand& x, double p, Rng& rng) {
  if (!(p >= 0 && p <= 1))
    throw std::invalid_argument(fmt::format("dropout at {}: the probability is {}, expected 0 <= p "
                                            "<= 1",
                                            Inside::describe(x.caller()), p));
  Tensor mask = Tensor::from_shape(x.shape());
  const real keep = p < 1 ? static_cast<real>(1 / (1 - p)) : 0;
  for (real& m : mask.storage()) m = rng.chance(p) ? real{0} : keep;
  Var y{evaluated(x.value() * mask)};
  return record("dropout", y, {x}, [x, y, mask = std::move(mask)] { x.grad() += y.grad() * mask; });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
