#include "nn/dropout.hpp"

#include "nn/pictures/options.hpp"
#include "nn/sequences/packed_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

Dropout::Dropout(double p) : p_(p) { check_option("Dropout", "p", p, 0, 1); }

Var Dropout::operator()(const Operand& x, Rng& rng) const {
  const Inside layer = inside(x.caller());
  return training() && p_ > 0 ? dropout(x, p_, rng) : Var(x);
}

PackedSequence Dropout::operator()(const PackedSequence& x, Rng& rng, Caller at) const {
  check_rows("Dropout", x, at);
  return x.with((*this)({x.data, at}, rng));
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
