#include "expect.hpp"

#include "nn/recurrent/gru.hpp"
#include "nn/sequences/packed_sequence.hpp"

using namespace tapestry;

static Shape shape_of(const PackedLayout::Pooled<std::size_t>& sizes) {
  return Shape(sizes.begin(), sizes.end());
}

static PackedSequence pack(const Lengths& lengths, std::size_t steps) {
  const Tensor x = random({steps, lengths.size(), 2});
  return pack_padded_sequence(constant(x), lengths, {.enforce_sorted = false});
}

STEP("how many sequences reach each step") {
  expect_equal("lengths 4, 2, 2, 1", shape_of(pack({4, 2, 2, 1}, 4).layout->batch_sizes),
               Shape{4, 3, 1, 1});
  expect_equal("lengths 1, 1, 1", shape_of(pack({1, 1, 1}, 1).layout->batch_sizes), Shape{3});
  expect_equal("lengths 2, 3, in a block of 5 steps", shape_of(pack({2, 3}, 5).layout->batch_sizes),
               Shape{2, 2, 1});
}

STEP("where each step begins") {
  expect_equal("lengths 4, 2, 2, 1", shape_of(pack({4, 2, 2, 1}, 4).layout->begins),
               Shape{0, 4, 7, 8, 9});
}

STEP("the rows that are packed") {
  const Var x = constant({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});
  const PackedSequence p = pack_padded_sequence(x, {3, 3, 1});
  expect_equal("the rows of lengths 3, 3, 1", p.data.value(), {1, 2, 3, 4, 5, 7, 8});
}

STEP("a use: a GRU over packed sentences, against one by one") {
  Rng rng(1);
  nn::GRU gru({.input_size = 2, .hidden_size = 3}, rng);
  const std::vector<Var> sentences{constant(random({4, 2}, 1)), constant(random({1, 2}, 2)),
                                   constant(random({2, 2}, 3))};
  const Tensor last = gru(pack_sequence(sentences, false)).state.value(); // (1, B, H)
  for (std::size_t b = 0; b < sentences.size(); ++b)
    for (std::size_t j = 0; j < 3; ++j)
      expect_equal("an entry of a sentence's last state", last(0, b, j),
                   gru(sentences[b]).state.value()(0, j));
}
