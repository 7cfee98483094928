#include "nn/bidirectional.hpp"

#include <algorithm>

#include "autograd/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/padding.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Var reverse_sequences(const Operand& x, const Lengths& lengths) {
  constexpr auto op = "reverse_sequences";
  if (x.rank() < 2) shape_error(op, {x}, "expected (T, B, ...)");
  const std::size_t steps = x.shape()[0], batch = x.shape()[1];
  check_lengths(op, lengths, steps, batch, x.caller());
  const std::size_t inner = x.value().size() / (steps * batch); // entries of one step

  //> reverse-sequences
  // The entries of step t of sequence b come from its step n - 1 - t; padding stays.
  const auto source = [lengths, batch, inner](std::size_t t, std::size_t b) {
    const auto n = static_cast<std::size_t>(lengths[b]);
    return ((t < n ? n - 1 - t : t) * batch + b) * inner;
  };
  Tensor reversed = Tensor::from_shape(x.shape());
  for (std::size_t t = 0; t < steps; ++t)
    for (std::size_t b = 0; b < batch; ++b)
      std::copy_n(x.value().data() + source(t, b), inner,
                  reversed.data() + (t * batch + b) * inner);
  Var y{std::move(reversed)};
  return record(op, y, {x}, [x, y, source, steps, batch, inner] {
    const real* dy = y.grad().data();
    for (std::size_t t = 0; t < steps; ++t)
      for (std::size_t b = 0; b < batch; ++b, dy += inner)
        for (std::size_t j = 0; j < inner; ++j) x.grad().data()[source(t, b) + j] += dy[j];
  });
  //< reverse-sequences
}

//> bidirectional
Var bidirectional(const Operand& x, const Lengths& lengths, const Walk& forward,
                  const Walk& reverse) {
  const Var ahead = forward(x);
  const Var back = reverse(reverse_sequences(x, lengths));
  return concatenate({ahead, reverse_sequences(back, lengths)}, -1, x.caller());
}
//< bidirectional

} // namespace tapestry::inline TAPESTRY_PRECISION
