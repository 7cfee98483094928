#include "nn/recurrent/bidirectional.hpp"

#include <algorithm>

#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "nn/sequences/padding.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Var reverse_sequences(const Operand& x, const Lengths& lengths) {
  constexpr auto op = "reverse_sequences";
  if (x.rank() < 2) shape_error(op, {x}, "expected (T, B, ...)");
  const std::size_t steps = x.shape()[0], batch = x.shape()[1];
  check_lengths(op, lengths, steps, batch, x.caller());
  const std::size_t rows = steps * batch, inner = x.value().size() / rows;

  //> reverse-sequences
  // Row t of a sequence of n rows comes from its row n - 1 - t; padding stays.
  const auto source = [lengths, batch](std::size_t row) {
    const std::size_t t = row / batch, b = row % batch;
    const auto n = static_cast<std::size_t>(lengths[b]);
    return (t < n ? n - 1 - t : t) * batch + b;
  };
  Tensor reversed = Tensor::from_shape(x.shape());
  for (std::size_t row = 0; row < rows; ++row)
    std::copy_n(x.value().data() + source(row) * inner, inner, reversed.data() + row * inner);
  Var y{std::move(reversed)};
  return record(op, y, {x}, [x, y, source, rows, inner] {
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t j = 0; j < inner; ++j)
        x.grad().data()[source(row) * inner + j] += y.grad().data()[row * inner + j];
  });
  //< reverse-sequences
}

//> bidirectional
Var bidirectional(const Operand& x, const Lengths& lengths, const Walk& forward,
                  const Walk& reverse) {
  const Inside both(x.caller());
  const Var ahead = forward(x);
  const Var back = reverse(reverse_sequences(x, lengths));
  return concatenate({ahead, reverse_sequences(back, lengths)}, -1);
}
//< bidirectional

} // namespace tapestry::inline TAPESTRY_PRECISION
