#include "nn/sequences/over_time.hpp"

#include <limits>
#include <numeric>

#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/choice.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

void check(const char* op, const Operand& x, const Lengths& lengths) {
  if (x.rank() < 2) shape_error(op, {x}, "expected (T, B, ...)");
  check_lengths(op, lengths, x.shape()[0], x.shape()[1], x.caller());
}

// 1 where a step is valid, with axes of size 1 for what follows. -> (T, B, 1, ...)
Indices valid(const Operand& x, const Lengths& lengths) {
  const std::size_t steps = x.shape()[0], batch = x.shape()[1];
  Indices::shape_type shape(x.rank(), 1);
  shape[0] = steps, shape[1] = batch;
  Indices mask = Indices::from_shape(shape);
  for (std::size_t t = 0; t < steps; ++t)
    for (std::size_t b = 0; b < batch; ++b)
      mask.data()[t * batch + b] = t < static_cast<std::size_t>(lengths[b]);
  return mask;
}

} // namespace

//> last-valid-state
Var last_valid(const Operand& x, const Lengths& lengths) {
  check("last_valid", x, lengths);
  const std::size_t batch = x.shape()[1];
  std::vector<int> rows; // of all T * B, the one that sequence b ends with
  for (std::size_t b = 0; b < batch; ++b)
    rows.push_back((lengths[b] - 1) * static_cast<int>(batch) + static_cast<int>(b));
  Shape flat(x.shape().begin() + 1, x.shape().end()); // (T * B, ...)
  flat[0] = x.shape()[0] * batch;
  return index_select(reshape(x, flat), 0, ids_from(rows));
}
//< last-valid-state

Var mean_valid(const Operand& x, const Lengths& lengths) {
  check("mean_valid", x, lengths);
  Shape shape(x.rank() - 1, 1); // (B, 1, ...)
  shape[0] = lengths.size();
  Tensor counts = Tensor::from_shape(shape);
  for (std::size_t b = 0; b < lengths.size(); ++b) counts.data()[b] = static_cast<real>(lengths[b]);
  return sum(chosen(valid(x, lengths), x, 0.0), {0}) / constant(counts);
}

Var max_valid(const Operand& x, const Lengths& lengths) {
  check("max_valid", x, lengths);
  return max(chosen(valid(x, lengths), x, -std::numeric_limits<double>::infinity()), {0});
}

//> masked-loss
Var masked_mean(const Operand& losses, const Lengths& lengths) {
  check("masked_mean", losses, lengths);
  if (losses.rank() != 2) shape_error("masked_mean", {losses}, "expected (T, B)");
  const int count = std::accumulate(lengths.begin(), lengths.end(), 0);
  return sum(chosen(valid(losses, lengths), losses, 0.0)) / static_cast<double>(count);
}
//< masked-loss

} // namespace tapestry::inline TAPESTRY_PRECISION
