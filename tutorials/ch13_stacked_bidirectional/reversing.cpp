// Reversing sequences of different lengths, wrongly and rightly, and what a network makes of it.
#include <algorithm>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "autograd/operators/shaping.hpp"
#include "autograd/random.hpp"
#include "autograd/xt.hpp"
#include "keep.hpp"
#include "nn/recurrent/bidirectional.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/sequences/padding.hpp"

using namespace tapestry;

namespace {

const std::vector<std::string> sequences{"abcde", "fg", "hij"};
const Lengths lengths{5, 2, 3};

// (T, B), a letter's number in the alphabet, from 1; padding is 0.
Tensor letters() {
  Tensor x = zeros({5, 3});
  for (std::size_t b = 0; b < 3; ++b)
    for (std::size_t t = 0; t < sequences[b].size(); ++t)
      x(t, b) = static_cast<real>(sequences[b][t] - 'a' + 1);
  return x;
}

std::string letter(real x) { return x == 0 ? "." : std::string(1, "abcdefghij"[int(x) - 1]); }

void print_rows(const char* title, const Tensor& x) {
  fmt::print("{}\n", title);
  for (std::size_t b = 0; b < 3; ++b) {
    fmt::print(" ");
    for (std::size_t t = 0; t < 5; ++t) fmt::print(" {}", letter(x(t, b)));
    fmt::print("\n");
  }
  fmt::print("\n");
}

//> flip-axis
// The whole axis in reverse, padding and all. x: (T, B, ...)
Var flip_axis(const Var& x) {
  std::vector<Var> steps;
  for (std::size_t t = x.shape()[0]; t-- > 0;) steps.push_back(select(x, 0, t));
  return stack(steps);
}
//< flip-axis

double largest(const Tensor& a, const Tensor& b) {
  double d = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    d = std::max(d, static_cast<double>(std::abs(a.data()[i] - b.data()[i])));
  return d;
}

} // namespace

int main() {
  const Tensor x = letters();
  print_rows("Three sequences, a row each, and their padding:", x);
  print_rows("The whole axis reversed:", flip_axis(constant(x)).value());
  const Var reversed = reverse_sequences(constant(x), lengths);
  print_rows("Each sequence reversed:", reversed.value());
  fmt::print("Twice is as it was: {}\n\n",
             largest(reverse_sequences(reversed, lengths).value(), x) == 0 ? "yes" : "no");

  Rng rng(1);
  const Tensor mask = reshaped(length_mask(lengths, 5), {5, 3, 1});
  const Var in = constant(normal({5, 3, 2}, 0, 1, rng) * mask); // (T, B, I), padded with zeros
  nn::GRU forward({.input_size = 2, .hidden_size = 4}, rng);
  nn::GRU reverse({.input_size = 2, .hidden_size = 4}, rng);
  //> walks
  const Walk ahead = [&](const Var& v) { return forward(v).output; };
  const Walk back = [&](const Var& v) { return reverse(v).output; };
  const Var right = bidirectional(in, lengths, ahead, back);                      // (T, B, 8)
  const Var wrong = concatenate({ahead(in), flip_axis(back(flip_axis(in)))}, -1); // the same shape
  //< walks

  fmt::print("Against each sequence alone, the largest difference:\n");
  fmt::print("  {:<10}{:>16}{:>16}\n", "sequence", "axis flipped", "each reversed");
  for (std::size_t b = 0; b < 3; ++b) {
    const auto n = static_cast<std::size_t>(lengths[b]);
    const auto of_b = [&](const Var& v) { // (n, 1, ...)
      const Var one = slice(v, 1, b, b + 1);
      return slice(one, 0, 0, n);
    };
    const Var alone = bidirectional(of_b(in), {lengths[b]}, ahead, back);
    fmt::print("  {:<10}{:>16.4f}{:>16.4f}\n", sequences[b],
               largest(of_b(wrong).value(), alone.value()),
               largest(of_b(right).value(), alone.value()));
  }

  //> both
  nn::GRU both({.input_size = 2, .hidden_size = 4, .bidirectional = true}, rng);
  nn::StateDict weights = forward.state_dict();
  for (const auto& [name, value] : reverse.state_dict()) weights[name + "_reverse"] = value;
  both.load_state_dict(weights);
  const PackOptions any{.enforce_sorted = false};
  const PackedSequence packed = pack_padded_sequence(in, lengths, any);
  const Var fused = both(packed).output.data;                          // (N, 8)
  const Var composed = pack_padded_sequence(right, lengths, any).data; // (N, 8)
  //< both
  fmt::print("\nnn::GRU on packed rows, against `bidirectional`:\n");
  fmt::print("  the largest difference  {:.10f}\n", largest(fused.value(), composed.value()));

  fmt::print("\nThe reverse walk over packed rows:\n");
  const PackedLayout& layout = *packed.layout;
  const auto name = [&](std::size_t i, std::size_t t) {
    return sequences[static_cast<std::size_t>(layout.sorted_indices.data()[i])][t];
  };
  for (std::size_t t = layout.steps(); t-- > 0;) {
    fmt::print("  t = {}  {} of 3 states move, by", t, layout.batch_sizes[t]);
    for (std::size_t i = 0; i < layout.batch_sizes[t]; ++i) fmt::print(" {}", name(i, t));
    fmt::print("\n");
  }
}
