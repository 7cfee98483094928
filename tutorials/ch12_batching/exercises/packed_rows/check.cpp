#include "expect.hpp"

#include "autograd/operators/functions.hpp"
#include "nn/sequences/packed_sequence.hpp"

using namespace tapestry;

// Every entry tells its place: 10 t + b.
static Var places(std::size_t steps, std::size_t batch, bool batch_first = false) {
  Tensor x = zeros(batch_first ? Shape{batch, steps} : Shape{steps, batch});
  for (std::size_t t = 0; t < steps; ++t)
    for (std::size_t b = 0; b < batch; ++b)
      (batch_first ? x(b, t) : x(t, b)) = static_cast<real>(10 * t + b);
  return constant(x);
}

STEP("sentences that come sorted") {
  expect_equal("lengths 3, 2, 2, 1", pack_padded_sequence(places(3, 4), {3, 2, 2, 1}).data.value(),
               {0, 1, 2, 3, 10, 11, 12, 20});
}

STEP("sentences in any order") {
  const PackedSequence p =
      pack_padded_sequence(places(4, 4), {1, 2, 4, 2}, {.enforce_sorted = false});
  expect_equal("lengths 1, 2, 4, 2", p.data.value(), {2, 1, 3, 0, 12, 11, 13, 22, 32});
}

STEP("the batch first") {
  const PackedSequence p = pack_padded_sequence(places(4, 3, true), {2, 1, 4},
                                                {.batch_first = true, .enforce_sorted = false});
  expect_equal("lengths 2, 1, 4", p.data.value(), {2, 0, 1, 12, 10, 22, 32});
}

STEP("a use: padded again") {
  const PackedSequence p = pack_padded_sequence(places(4, 3), {2, 1, 4}, {.enforce_sorted = false});
  const Var again = pad_packed_sequence(p, {.padding_value = -1}).output;
  expect_equal("lengths 2, 1, 4", again.value(),
               {{0, 1, 2}, {10, -1, 12}, {-1, -1, 22}, {-1, -1, 32}});
}

STEP("a use: gradients there and back") {
  expect_gradients(
      "pad_packed_sequence(tanh(pack_padded_sequence(x)))",
      [](const Var& x) {
        const PackedSequence p = pack_padded_sequence(x, {3, 1, 4, 3}, {.enforce_sorted = false});
        const auto squash = [](const Var& rows) { return tanh(rows); };
        return pad_packed_sequence(rowwise(p, squash), {.batch_first = true}).output;
      },
      {random({4, 4, 2}, 1)});
}
