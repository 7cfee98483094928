// Four tagged sentences as one block of one-hot columns, and PyTorch's own examples of padding and
// packing.
#include <string>
#include <vector>

#include <fmt/ranges.h>

#include "autograd/base/error.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/random.hpp"
#include "keep.hpp"
#include "nn/recurrent/rnn.hpp"
#include "nn/sequences/padding.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t words = 1000, tags = 20; // how many there are

struct Tagged {
  const char* sentence;
  std::vector<int> words, tags;
};

// my 0, car 1, works 2, dog 3, ate 4, the 5, assignment 6, mother 7, saved 8, day 9, smart 10,
// kid 11, solved 12, problem 13; possessive 0, noun 1, verb 2, article 3, adjective 4
const std::vector<Tagged> tagged{
    {"my car works", {0, 1, 2}, {0, 1, 2}},
    {"my dog ate the assignment", {0, 3, 4, 5, 6}, {0, 1, 2, 3, 1}},
    {"my mother saved the day", {0, 7, 8, 5, 9}, {0, 1, 2, 3, 1}},
    {"the smart kid solved the problem", {5, 10, 11, 12, 5, 13}, {3, 4, 1, 2, 3, 1}}};

// A row a token, with a single 1. -> (length, count)
Var one_hot(const std::vector<int>& ids, std::size_t count) {
  Tensor x = zeros({ids.size(), count});
  for (std::size_t t = 0; t < ids.size(); ++t) x(t, static_cast<std::size_t>(ids[t])) = 1;
  return constant(x);
}

// "4 x 1000 x 6"
std::string by(const Shape& shape) { return fmt::format("{}", fmt::join(shape, " x ")); }

std::vector<int> whole(const Tensor& x) { return {x.begin(), x.end()}; }

} // namespace

int main() {
  fmt::print("Four sentences, a column a token:\n  {:<36}{:<10}{}\n", "", "words", "tags");
  std::vector<Var> in, out;
  std::size_t tokens = 0;
  for (const Tagged& t : tagged) {
    in.push_back(one_hot(t.words, words));
    out.push_back(one_hot(t.tags, tags));
    tokens += t.words.size();
    fmt::print("  {:<36}{:<10}{}\n", t.sentence, by(transpose(in.back(), {1, 0}).shape()),
               by(transpose(out.back(), {1, 0}).shape()));
  }
  //> block
  const Var block = pad_sequence(in, {.batch_first = true}); // (B, T, V)
  const Var columns = transpose(block, {0, 2, 1});           // (B, V, T), as on the slide
  //< block
  const std::size_t places = block.shape()[0] * block.shape()[1];
  fmt::print("\nAs one block:\n  {:<36}{}\n  {:<36}{}\n  {:<36}{}\n", "a column a token",
             by(columns.shape()), "batch_first, a row a token", by(block.shape()),
             "PyTorch's and our default", by(pad_sequence(in).shape()));
  fmt::print("  {} of {} columns are padding\n", places - tokens, places);

  //> pad
  Rng rng(1);
  const std::vector<Var> three{constant(normal({25, 300}, 0, 1, rng)),
                               constant(normal({22, 300}, 0, 1, rng)),
                               constant(normal({15, 300}, 0, 1, rng))};
  const Var padded = pad_sequence(three);                              // (T, B, 300)
  const Var first = pad_sequence(three, {.batch_first = true});        // (B, T, 300)
  const std::vector<Var> again = unpad_sequence(padded, {25, 22, 15}); // as they were
  //< pad
  fmt::print("\npad_sequence of 25, 22 and 15 rows of 300:\n");
  fmt::print("  {:<36}{}\n  {:<36}{}\n", "default", by(padded.shape()), "batch_first",
             by(first.shape()));
  fmt::print("  {:<36}", "unpad_sequence");
  for (const Var& v : again) fmt::print("{}  ", by(v.shape()));
  fmt::print("\n");

  //> pack
  const std::vector<Var> a_b_c{constant({1, 2, 3}), constant({4, 5}), constant({6})};
  const PackedSequence packed = pack_sequence(a_b_c);
  const std::vector<Var> unpacked = unpack_sequence(packed);
  //< pack
  fmt::print("\npack_sequence of [1, 2, 3], [4, 5], [6]:\n");
  fmt::print("  {:<36}{}\n", "data", fmt::join(whole(packed.data.value()), " "));
  fmt::print("  {:<36}{}\n", "batch_sizes", fmt::join(packed.layout->batch_sizes, " "));
  fmt::print("  {:<36}", "unpack_sequence");
  for (const Var& v : unpacked) fmt::print("[{}] ", fmt::join(whole(v.value()), ", "));
  fmt::print("\n");

  //> unsorted
  const std::vector<Var> b_a_c{constant({4, 5}), constant({1, 2, 3}), constant({6})};
  const PackedSequence sorted = pack_sequence(b_a_c, /*enforce_sorted=*/false);
  //< unsorted
  fmt::print("\nThe same, [4, 5] first, enforce_sorted = false:\n");
  fmt::print("  {:<36}{}\n", "data", fmt::join(whole(sorted.data.value()), " "));
  fmt::print("  {:<36}{}\n", "sorted_indices", fmt::join(sorted.layout->sorted_indices, " "));
  fmt::print("  {:<36}{}\n", "unsorted_indices", fmt::join(sorted.layout->unsorted_indices, " "));
  fmt::print("\nAnd with enforce_sorted left at true:\n");
  try {
    pack_sequence(b_a_c);
  } catch (const ShapeError& e) {
    fmt::print("  {}\n", e.what());
  }

  //> rnn
  const nn::RNN rnn({.input_size = 300, .hidden_size = 8}, rng);
  const auto result = rnn(pack_sequence(three));
  const PaddedSequence output = pad_packed_sequence(result.output);
  //< rnn
  keep("slide.json", fmt::format("{{\"words\": {}, \"tags\": {}}}\n", words, tags));
  fmt::print("\nnn::RNN of 8 units on the three, packed:\n");
  fmt::print("  {:<36}{}\n", "output.data", by(result.output.data.shape()));
  fmt::print("  {:<36}{}\n", "state", by(result.state.shape()));
  fmt::print("  {:<36}{}, lengths {}\n", "pad_packed_sequence", by(output.output.shape()),
             fmt::join(output.lengths, " "));
}
