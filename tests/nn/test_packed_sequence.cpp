#include <boost/test/unit_test.hpp>

#include "autograd/base/error.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/dropout.hpp"
#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/sequences/padding.hpp"
#include "tests/nn/check.hpp"

using namespace tapestry;
using namespace tapestry::testing;

namespace {

using Sizes = std::vector<std::size_t>;

Sizes plain(const PackedLayout::Pooled<std::size_t>& sizes) { return {sizes.begin(), sizes.end()}; }
std::vector<int> plain(const Indices& x) { return {x.begin(), x.end()}; }

// A tensor whose every entry tells its place: 100 t + 10 b + i.
Tensor places(std::size_t steps, std::size_t batch, std::size_t width) {
  Tensor x = zeros({steps, batch, width});
  for (std::size_t t = 0; t < steps; ++t)
    for (std::size_t b = 0; b < batch; ++b)
      for (std::size_t i = 0; i < width; ++i) x(t, b, i) = static_cast<real>(100 * t + 10 * b + i);
  return x;
}

std::string message(const std::function<void()>& f) {
  try {
    f();
  } catch (const ShapeError& e) {
    return e.what();
  }
  return "nothing was thrown";
}

#define SAYS(what, ...)                                                                            \
  do {                                                                                             \
    const std::string said = message([&] { __VA_ARGS__; });                                        \
    BOOST_TEST(said.find(what) != std::string::npos, said);                                        \
  } while (false)

} // namespace

BOOST_AUTO_TEST_SUITE(packed)

BOOST_AUTO_TEST_CASE(rows_lie_step_by_step) {
  const PackedSequence p = pack_padded_sequence(constant(places(4, 3, 1)), {3, 2, 1});
  BOOST_TEST(plain(p.layout->batch_sizes) == (Sizes{3, 2, 1}), boost::test_tools::per_element());
  BOOST_TEST(plain(p.layout->begins) == (Sizes{0, 3, 5, 6}), boost::test_tools::per_element());
  BOOST_TEST(!p.layout->reordered);
  BOOST_TEST(identical(p.data.value(), reshaped(Tensor{0, 10, 20, 100, 110, 200}, {6, 1})));
}

BOOST_AUTO_TEST_CASE(sequences_are_sorted_by_length) { // those of one length keep their order
  const PackedSequence p =
      pack_padded_sequence(constant(places(3, 4, 1)), {1, 3, 1, 2}, {.enforce_sorted = false});
  BOOST_TEST(plain(p.layout->sorted_indices) == (std::vector<int>{1, 3, 0, 2}),
             boost::test_tools::per_element());
  BOOST_TEST(plain(p.layout->unsorted_indices) == (std::vector<int>{2, 0, 3, 1}),
             boost::test_tools::per_element());
  BOOST_TEST(identical(p.data.value(), reshaped(Tensor{10, 30, 0, 20, 110, 130, 210}, {7, 1})));
  for (std::size_t i = 0; i < 4; ++i) BOOST_TEST(p.layout->length(i) == (Sizes{3, 2, 1, 1})[i]);
}

BOOST_AUTO_TEST_CASE(there_and_back) {
  Rng rng(1);
  for (const Lengths& lengths : {Lengths{4, 4, 2, 1}, Lengths{1, 4, 2, 4}, Lengths{1, 1, 1, 1}})
    for (const bool batch_first : {false, true}) {
      const Tensor x = batch_first ? normal({4, 5, 2}, 0, 1, rng) : normal({5, 4, 2}, 0, 1, rng);
      const PackedSequence p = pack_padded_sequence(
          constant(x), lengths, {.batch_first = batch_first, .enforce_sorted = false});
      const PaddedSequence back = pad_packed_sequence(
          p, {.batch_first = batch_first, .padding_value = 0, .total_length = 5});
      BOOST_TEST((back.lengths == lengths));
      Tensor mask = length_mask(lengths, 5, batch_first);
      mask.reshape({mask.shape()[0], mask.shape()[1], 1});
      BOOST_TEST(difference(back.output.value(), x * mask) == 0);
    }
}

BOOST_AUTO_TEST_CASE(padding) {
  const Var a = constant(Tensor{1, 2, 3}), b = constant(Tensor{4});
  BOOST_TEST(identical(pad_sequence({a, b}, {.padding_value = 9}).value(),
                       Tensor{{1, 4}, {2, 9}, {3, 9}}));
  BOOST_TEST(
      identical(pad_sequence({a, b}, {.batch_first = true}).value(), Tensor{{1, 2, 3}, {4, 0, 0}}));
  const Indices ids =
      pad_sequence({indices({2}, {5, 6}), indices({1}, {7})}, {.padding_value = -1});
  BOOST_TEST(plain(ids) == (std::vector<int>{5, 7, 6, -1}), boost::test_tools::per_element());
  const std::vector<Var> again = unpad_sequence(pad_sequence({b, a}), {1, 3});
  BOOST_TEST(identical(again[0].value(), b.value()));
  BOOST_TEST(identical(again[1].value(), a.value()));
  const std::vector<Var> unpacked = unpack_sequence(pack_sequence({b, a}, false));
  BOOST_TEST(identical(unpacked[0].value(), b.value()));
  BOOST_TEST(identical(unpacked[1].value(), a.value()));
}

BOOST_AUTO_TEST_CASE(gradients) {
  Rng rng(2);
  const Lengths lengths{2, 4, 1};
  for (const bool batch_first : {false, true}) {
    const Tensor x = batch_first ? normal({3, 4, 2}, 0, 1, rng) : normal({4, 3, 2}, 0, 1, rng);
    const PackOptions options{.batch_first = batch_first, .enforce_sorted = false};
    // Through both ways and a function in between. What is padding has no gradient, so the check
    // looks at the sequences alone.
    check_gradients(
        [&](const auto& sequences) {
          const Var padded = pad_sequence(sequences, {.batch_first = batch_first});
          const PackedSequence p = pack_padded_sequence(padded, lengths, options);
          const PackedSequence q = rowwise(p, [](const Var& rows) { return tanh(rows); });
          return pad_packed_sequence(q, {.batch_first = batch_first, .total_length = 6}).output;
        },
        {normal({2, 2}, 0, 1, rng), normal({4, 2}, 0, 1, rng), normal({1, 2}, 0, 1, rng)});
    check_equal([&](const auto& in) { return pack_padded_sequence(in[0], lengths, options).data; },
                [&](const auto& in) {
                  const auto all = unpad_sequence(in[0], lengths, batch_first);
                  return pack_sequence(all, false).data;
                },
                {x});
  }
}

// Rows are rows: what works on a padded batch works on a packed one.
BOOST_AUTO_TEST_CASE(layers_take_packed_rows) {
  Rng rng(3);
  const Lengths lengths{1, 3, 2};
  nn::Embedding embed({.num_embeddings = 7, .embedding_dim = 4}, rng);
  nn::Linear to_words({.in_features = 4, .out_features = 7}, rng);
  nn::Dropout none(0);
  const Indices in = indices({3, 3}, {1, 2, 3, 0, 4, 5, 0, 6, 0});
  const Indices out = indices({3, 3}, {2, 3, 4, 0, 5, 6, 0, 1, 0}); // 0: padding
  std::vector<Parameter> parameters = embed.parameters();
  for (const Parameter& p : to_words.parameters()) parameters.push_back(p);
  check_equal(
      [&](const auto&) {
        const PackOptions any{.enforce_sorted = false};
        const PackedSequence x = none(embed(pack_padded_sequence(in, lengths, any)), rng);
        return cross_entropy(to_words(x), pack_padded_sequence(out, lengths, any));
      },
      [&](const auto&) { return cross_entropy(to_words(embed(in)), out, {.ignore_index = 0}); }, {},
      parameters);
}

BOOST_AUTO_TEST_CASE(wrong_lengths) {
  const Var x = constant(places(4, 3, 2));
  const auto pack = [&](const Lengths& lengths) { pack_padded_sequence(x, lengths); };
  pack({4, 4, 1});
  SAYS("lengths[1] is 0; it must be in 1 .. 4", pack({4, 0, 1}));
  SAYS("lengths[2] is -2; it must be in 1 .. 4", pack({4, 3, -2}));
  SAYS("lengths[0] is 5; it must be in 1 .. 4", pack({5, 3, 2}));
  SAYS("lengths has 2 entries; it must have 3, one for each sequence of the batch", pack({4, 3}));
  SAYS("lengths has 4 entries; it must have 3", unpad_sequence(x, {4, 3, 1, 1}));
  SAYS("length_mask at nn/test_packed_sequence.cpp:", length_mask({4, -1}, 4));
  SAYS("lengths[1] is -1; it must be in 1 .. 4", length_mask({4, -1}, 4));
  SAYS("lengths[0] is 5; it must be in 1 .. 4", length_mask({5, 1}, 4));
  SAYS("the batch is empty", length_mask({}, 4));
  SAYS("lengths[1] is 1 and lengths[2] is 2; they must not increase", pack({4, 1, 2}));
  SAYS("pack_padded_sequence at ", pack({4, 1, 2}));
  SAYS("the batch is empty", pack_padded_sequence(constant(zeros({4, 0, 2})), {}));
  SAYS("expected (T, B, ...)", pack_padded_sequence(constant(zeros({4})), {4}));
  SAYS("lengths[0] is 9; it must be in 1 .. 4", unpad_sequence(x, {9, 1, 1}));
  SAYS("there are no sequences", pad_sequence(std::vector<Var>{}));
  SAYS("there are no sequences", pack_sequence({}));
  SAYS("sequences[1] is (), expected", pack_sequence({constant(zeros({3})), Var{}}));
  SAYS("lengths[0] is 1 and lengths[1] is 3; they must not increase",
       pack_sequence({constant(zeros({1, 2})), constant(zeros({3, 2}))}));
  const Indices numbers = indices({4, 3}, std::vector<int>(12, 0));
  SAYS("lengths[1] is 0; it must be in 1 .. 4", pack_padded_sequence(numbers, {4, 0, 1}));
  SAYS("lengths has 2 entries; it must have 3", pack_padded_sequence(numbers, {4, 1}));
  SAYS("pack_padded_sequence at nn/test_packed_sequence.cpp:",
       pack_padded_sequence(numbers, {4, 1, 2}));
  SAYS("the batch is (4), expected (B, T, ...)",
       pack_padded_sequence(indices({4}, {0, 0, 0, 0}), {4}, {.batch_first = true}));
  SAYS("lengths[2] is 4; it must be in 1 .. 3", // (B, T): the axes are the other way round
       pack_padded_sequence(x, {3, 3, 4, 1}, {.batch_first = true}));
  SAYS("lengths[1] is 0; it must be in 1 .. 3", // it can be padded, but not packed
       pack_sequence({constant(zeros({3, 2})), constant(zeros({0, 2}))}));
  const Tensor padded = pad_sequence({constant(ones({1, 2})), constant(ones({0, 2}))}).value();
  BOOST_TEST(identical(padded, Tensor{{{1, 1}, {0, 0}}}));
  SAYS("sequences[1] is (2, 3), sequences[0] is (3, 2); only the first axis may differ",
       pad_sequence({constant(zeros({3, 2})), constant(zeros({2, 3}))}));
  const PackedSequence p = pack_padded_sequence(x, {4, 3, 1});
  SAYS("total_length is 3; it must be at least 4", pad_packed_sequence(p, {.total_length = 3}));
  SAYS("the packed data is (7, 2), its layout has 8 rows",
       pad_packed_sequence(p.with(constant(zeros({7, 2})))));
  const PackedIndices other = pack_padded_sequence(indices({2, 1}, {0, 1}), {2});
  SAYS("the targets' batch sizes are 1 1; they must be the logits', 3 2 2 1",
       cross_entropy(p, other));
  const PackOptions any{.enforce_sorted = false};
  const PackedIndices turned =
      pack_padded_sequence(indices({4, 3}, std::vector<int>(12, 0)), {1, 3, 4}, any);
  SAYS("the targets are packed in the order 2 1 0; it must be the logits', 0 1 2",
       cross_entropy(p, turned));
}

// Default-constructed, of another batch, or with other rows: everything that takes packed rows
// says so, and where it was called.
BOOST_AUTO_TEST_CASE(wrong_layouts) {
  Rng rng(4);
  const PackedSequence good = pack_padded_sequence(constant(places(4, 3, 2)), {4, 3, 1});
  const PackedIndices ids =
      pack_padded_sequence(indices({4, 3}, std::vector<int>(12, 0)), {4, 3, 1});
  const PackedSequence none, alone{good.data, nullptr},
      hollow{good.data, std::make_shared<PackedLayout>()};
  const PackedIndices no_ids, ids_alone{ids.data, nullptr};
  nn::Embedding embed({.num_embeddings = 2, .embedding_dim = 2}, rng);
  nn::Linear linear({.in_features = 2, .out_features = 3}, rng);
  nn::Dropout dropout;
  nn::GRU gru({.input_size = 2, .hidden_size = 3}, rng);
  const auto same = [](const Var& rows) { return rows; };
  for (const PackedSequence& x : {none, alone, hollow}) {
    for (const char* part : {" at nn/test_packed_sequence.cpp:", "the packed data has no layout"}) {
      SAYS(part, pad_packed_sequence(x));
      SAYS(part, unpack_sequence(x));
      SAYS(part, rowwise(x, same));
      SAYS(part, linear(x));
      SAYS(part, dropout(x, rng));
      SAYS(part, gru(x));
      SAYS(part, cross_entropy(x, ids));
    }
    SAYS("Steps at nn/test_packed_sequence.cpp:", Steps(x.layout));
  }
  for (const PackedIndices& x : {no_ids, ids_alone}) {
    SAYS("Embedding at nn/test_packed_sequence.cpp:", embed(x));
    SAYS("the data of the packed indices has no layout", embed(x));
    SAYS("the data of the packed indices has no layout", cross_entropy(good, x));
    SAYS("cross_entropy at nn/test_packed_sequence.cpp:", cross_entropy(good, x));
  }

  for (const Var& rows : {constant(zeros({7, 2})), Var{}}) {
    const PackedSequence x = good.with(rows);
    const std::string part =
        "the packed data is " + to_string(rows.shape()) + ", its layout has 8 rows";
    SAYS(part, pad_packed_sequence(x));
    SAYS(part, unpack_sequence(x));
    SAYS(part, rowwise(x, same));
    SAYS(part, linear(x));
    SAYS(part, dropout(x, rng));
    SAYS(part, gru(x));
    SAYS(part, cross_entropy(x, ids));
  }
  SAYS("rowwise at nn/test_packed_sequence.cpp:",
       rowwise(good, [](const Var& rows) { return slice(rows, 0, 0, 2); }));
  const PackedIndices five = ids.with(indices({5}, {0, 0, 0, 0, 0}));
  SAYS("the data of the packed indices is (5), its layout has 8 rows", embed(five));
  SAYS("the data of the packed indices is (5), its layout has 8 rows", cross_entropy(good, five));
}

BOOST_AUTO_TEST_SUITE_END()
