#include "nn/sequences/padding.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// Where the entries of sequence b, step t lie in a padded batch.
struct Grid {
  std::size_t steps, batch, inner; // inner: entries of one step
  bool batch_first;

  std::size_t at(std::size_t t, std::size_t b) const {
    return (batch_first ? b * steps + t : t * batch + b) * inner;
  }
};

// Checks that the sequences agree but for their lengths; returns the padded batch's shape.
template <class Sequence>
std::pair<Grid, Shape> grid_of(const std::vector<Sequence>& sequences, bool batch_first,
                               Caller at) {
  const auto fail = [&](const std::string& problem) {
    throw ShapeError(fmt::format("pad_sequence at {}: {}", Inside::describe(at), problem));
  };
  if (sequences.empty()) fail("there are no sequences");
  const auto shape_of = [&](std::size_t b) {
    return Shape(sequences[b].shape().begin(), sequences[b].shape().end());
  };
  const Shape first = shape_of(0);
  std::size_t longest = 0;
  for (std::size_t b = 0; b < sequences.size(); ++b) {
    Shape shape = shape_of(b);
    if (shape.empty()) fail(fmt::format("sequences[{}] is (), expected (length, ...)", b));
    longest = std::max(longest, shape[0]);
    shape[0] = first[0];
    if (shape != first)
      fail(fmt::format("sequences[{}] is {}, sequences[0] is {}; only the first axis may differ", b,
                       to_string(shape_of(b)), to_string(first)));
  }
  Shape padded{longest, sequences.size()};
  if (batch_first) std::swap(padded[0], padded[1]);
  for (std::size_t axis = 1; axis < first.size(); ++axis) padded.push_back(first[axis]);
  const std::size_t inner = size_of(Shape(first.begin() + 1, first.end()));
  return {{longest, sequences.size(), inner, batch_first}, padded};
}

} // namespace

//> pad-sequence
Var pad_sequence(const std::vector<Var>& sequences, PadSequenceOptions options, Caller at) {
  const auto [grid, shape] = grid_of(sequences, options.batch_first, at);
  Tensor padded = full(shape, static_cast<real>(options.padding_value));
  for (std::size_t b = 0; b < sequences.size(); ++b)
    for (std::size_t t = 0; t < sequences[b].shape()[0]; ++t)
      std::copy_n(sequences[b].value().data() + t * grid.inner, grid.inner,
                  padded.data() + grid.at(t, b));
  Var y{std::move(padded)};
  return record("pad_sequence", y, {sequences, at}, [sequences, y, g = grid] {
    for (std::size_t b = 0; b < sequences.size(); ++b) {
      if (!sequences[b].needs_grad()) continue;
      real* dx = sequences[b].grad().data();
      for (std::size_t t = 0; t < sequences[b].shape()[0]; ++t)
        for (std::size_t j = 0; j < g.inner; ++j)
          dx[t * g.inner + j] += y.grad().data()[g.at(t, b) + j];
    }
  });
}
//< pad-sequence

Indices pad_sequence(const std::vector<Indices>& sequences, PadSequenceOptions options, Caller at) {
  const auto [grid, shape] = grid_of(sequences, options.batch_first, at);
  Indices padded = Indices::from_shape(shape);
  std::fill_n(padded.data(), padded.size(), static_cast<std::int32_t>(options.padding_value));
  for (std::size_t b = 0; b < sequences.size(); ++b)
    for (std::size_t t = 0; t < sequences[b].shape()[0]; ++t)
      std::copy_n(sequences[b].data() + t * grid.inner, grid.inner, padded.data() + grid.at(t, b));
  return padded;
}

std::vector<Var> unpad_sequence(const Operand& x, const Lengths& lengths, bool batch_first) {
  if (x.rank() < 2)
    shape_error("unpad_sequence", {x},
                batch_first ? "expected (B, T, ...)" : "expected (T, B, ...)");
  const std::size_t steps = x.shape()[batch_first ? 1 : 0], batch = x.shape()[batch_first ? 0 : 1];
  check_lengths("unpad_sequence", lengths, steps, batch, x.caller());
  std::vector<Var> sequences;
  for (std::size_t b = 0; b < batch; ++b) {
    const Var one = select(x, batch_first ? 0 : 1, b); // (T, ...)
    sequences.push_back(slice(one, 0, 0, static_cast<std::size_t>(lengths[b])));
  }
  return sequences;
}

//> length-mask
Tensor length_mask(const Lengths& lengths, std::size_t steps, bool batch_first, Caller at) {
  check_lengths("length_mask", lengths, steps, lengths.size(), at);
  const Grid grid{steps, lengths.size(), 1, batch_first};
  Tensor mask = zeros(batch_first ? Shape{lengths.size(), steps} : Shape{steps, lengths.size()});
  for (std::size_t b = 0; b < lengths.size(); ++b)
    for (std::size_t t = 0; t < static_cast<std::size_t>(lengths[b]); ++t)
      mask.data()[grid.at(t, b)] = 1;
  return mask;
}
//< length-mask

void check_lengths(const char* op, const Lengths& lengths, std::size_t steps, std::size_t batch,
                   Caller at) {
  const auto fail = [&](const std::string& problem) {
    throw ShapeError(fmt::format("{} at {}: {}", op, Inside::describe(at), problem));
  };
  if (batch == 0) fail("the batch is empty; it must hold at least one sequence");
  if (lengths.size() != batch)
    fail(fmt::format("lengths has {} entries; it must have {}, one for each sequence of the batch",
                     lengths.size(), batch));
  for (std::size_t b = 0; b < batch; ++b)
    if (lengths[b] < 1 || static_cast<std::size_t>(lengths[b]) > steps)
      fail(fmt::format("lengths[{}] is {}; it must be in 1 .. {}, the number of steps", b,
                       lengths[b], steps));
}

} // namespace tapestry::inline TAPESTRY_PRECISION
