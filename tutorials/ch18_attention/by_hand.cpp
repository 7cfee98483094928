// One step of attention in numbers that fit on the page; and padding, which changes none of them.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/autograd.hpp"
#include "keep.hpp"
#include "nn/attention/attention.hpp"

using namespace tapestry;

namespace {

void print_rows(const char* name, const Tensor& x) { // (n, m)
  for (std::size_t i = 0; i < x.shape()[0]; ++i) {
    fmt::print("  {:<9}", i == 0 ? name : "");
    for (std::size_t j = 0; j < x.shape()[1]; ++j) fmt::print("{:>8.3f}", x(i, j));
    fmt::print("\n");
  }
}

// Three source words; `padded` more places that hold anything.
AttentionMemory memory_of(std::size_t padded) {
  const Tensor keys = constant({{2, 0}, {0, 2}, {-2, 0}}).value();
  const Tensor values = constant({{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}).value();
  const std::size_t places = 3 + padded;
  Tensor k = full({1, places, 2}, 7), v = full({1, places, 3}, 1000);
  std::copy_n(keys.data(), 6, k.data());
  std::copy_n(values.data(), 9, v.data());
  return {variable(k, "keys"), variable(v, "values"), attention_mask({3}, places)};
}

} // namespace

int main() {
  const Var query = constant({{0, 1}}), v = constant({1, 1});
  const AttentionMemory memory = memory_of(0);
  const Attended seen = additive_attention(query, memory, v);
  fmt::print("One step\n");
  print_rows("query", query.value());
  print_rows("keys", reshaped(memory.keys.value(), {3, 2}));
  print_rows("values", reshaped(memory.values.value(), {3, 3}));
  const Tensor inner = tanh(query + reshape(memory.keys, {3, 2})).value();
  print_rows("tanh", inner);
  fmt::print("  {:<9}", "scores");
  for (std::size_t j = 0; j < 3; ++j) fmt::print("{:>8.3f}", inner(j, 0) + inner(j, 1));
  fmt::print("\n");
  print_rows("weights", seen.weights.value());
  print_rows("context", seen.context.value());

  fmt::print("\nThe same with two places of padding, which hold 7 and 1000\n");
  const AttentionMemory longer = memory_of(2);
  Tape tape;
  const Attended padded = additive_attention(query, longer, v);
  tape.backward(sum(padded.context * constant({{1, 2, 3}})));
  print_rows("weights", padded.weights.value());
  print_rows("context", padded.context.value());
  fmt::print("  gradients of the keys, and of the values\n");
  const Tensor dkeys = reshaped(longer.keys.grad(), {5, 2}),
               dvalues = reshaped(longer.values.grad(), {5, 3});
  for (std::size_t j = 0; j < 5; ++j)
    fmt::print("           {:>8.3f}{:>8.3f}   {:>8.3f}{:>8.3f}{:>8.3f}\n", dkeys(j, 0), dkeys(j, 1),
               dvalues(j, 0), dvalues(j, 1), dvalues(j, 2));

  fmt::print("\nAnd without the mask\n");
  AttentionMemory bare = memory_of(2);
  bare.mask = attention_mask({5}, 5);
  const Attended mixed = additive_attention(query, bare, v);
  print_rows("weights", mixed.weights.value());
  print_rows("context", mixed.context.value());

  nlohmann::json kept;
  for (std::size_t j = 0; j < 3; ++j)
    kept["weights"].push_back(std::round(1000 * static_cast<double>(seen.weights.value()(0, j))) /
                              1000);
  keep("by_hand.json", kept.dump(1) + "\n");
}
