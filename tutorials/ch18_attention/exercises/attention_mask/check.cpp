#include "expect.hpp"

#include "autograd/base/error.hpp"
#include "nn/attention/attention.hpp"

using namespace tapestry;

namespace {

Tensor mask(const Lengths& lengths, std::size_t places) {
  const Indices found = attention_mask(lengths, places);
  Tensor numbers = Tensor::from_shape(Shape(found.shape().begin(), found.shape().end()));
  std::copy(found.begin(), found.end(), numbers.begin());
  return numbers;
}

} // namespace

STEP("a row for each sentence") {
  expect_equal("lengths 2, 1, 3 and 2 in 3 places", mask({2, 1, 3, 2}, 3),
               {{1, 1, 0}, {1, 0, 0}, {1, 1, 1}, {1, 1, 0}});
}

STEP("more places than the longest sentence has") {
  expect_equal("lengths 1 and 3 in 5 places", mask({1, 3}, 5), {{1, 0, 0, 0, 0}, {1, 1, 1, 0, 0}});
}

STEP("one place, one sentence") {
  expect_equal("lengths 1 and 1 in 1 place", mask({1, 1}, 1), ones({2, 1}));
  expect_equal("length 4 in 4 places", mask({4}, 4), ones({1, 4}));
}

STEP("lengths that cannot be") {
  const auto mask_of = [](const Lengths& lengths) { return [=] { attention_mask(lengths, 3); }; };
  expect_error<ShapeError>("a length of 4 in 3 places", mask_of({2, 4}), "lengths[1] is 4");
  expect_error<ShapeError>("a length of 0", mask_of({0, 2}), "lengths[0] is 0");
  expect_error<ShapeError>("a length of -1", mask_of({3, 3, -1}), "lengths[2] is -1");
}

STEP("a use: padding changes no context") {
  const Tensor query = random({2, 3}, 1), v = random({3}, 2), keys = random({2, 4, 3}, 3),
               values = random({2, 4, 2}, 4);
  const auto context = [&](real padding) { // of sentences of 4 and 2 places
    Tensor k = keys, x = values;
    std::fill(k.begin() + 18, k.end(), padding);
    std::fill(x.begin() + 12, x.end(), padding);
    const AttentionMemory memory{constant(k), constant(x), attention_mask({4, 2}, 4)};
    return additive_attention(constant(query), memory, constant(v)).context.value();
  };
  expect_equal("the contexts with a padding of 1000 and of 0", context(1000), context(0));
}
