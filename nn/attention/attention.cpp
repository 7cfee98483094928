#include "nn/attention/attention.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "nn/recurrent/gru_cell.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

void check_memory(const char* op, const Operand& query, const AttentionMemory& m) {
  const Shape& keys = m.keys.shape();
  if (query.rank() != 2 || keys.size() != 3 || m.values.rank() != 3 ||
      query.shape()[0] != keys[0] || query.shape()[1] != keys[2] ||
      m.values.shape()[0] != keys[0] || m.values.shape()[1] != keys[1])
    shape_error(op, {query, m.keys, m.values}, "expected (B, K) x (B, S, K) x (B, S, A)");
}

// weights: (B, S), values: (B, S, A) -> (B, A)
Var weighted_mean(const Operand& weights, const Operand& values) {
  const std::size_t batch = values.shape()[0], places = values.shape()[1];
  const Var rows = matmul(reshape(weights, {batch, 1, places}), values);
  return reshape(rows, {batch, values.shape()[2]});
}

} // namespace

//> attention-mask
Indices attention_mask(const Lengths& lengths, std::size_t places, Caller at) {
  check_lengths("attention_mask", lengths, places, lengths.size(), at);
  Indices mask = Indices::from_shape({lengths.size(), places});
  for (std::size_t b = 0; b < lengths.size(); ++b)
    for (std::size_t j = 0; j < places; ++j) mask(b, j) = static_cast<int>(j) < lengths[b];
  return mask;
}
//< attention-mask

//> additive-attention
Attended additive_attention(const Operand& query, const AttentionMemory& memory, const Operand& v) {
  const Inside attention(query.caller());
  check_memory("additive_attention", query, memory);
  const Shape asked{query.shape()[0], 1, query.shape()[1]};                // the same everywhere
  const Var scores = matmul(tanh(reshape(query, asked) + memory.keys), v); // (B, S)
  const Var weights = softmax(scores, memory.mask);
  return {weighted_mean(weights, memory.values), weights};
}
//< additive-attention

Attended product_attention(const Operand& query, const AttentionMemory& memory) {
  const Inside attention(query.caller());
  check_memory("product_attention", query, memory);
  const std::size_t batch = query.shape()[0], k = query.shape()[1];
  const Var scores = matmul(memory.keys, reshape(query, {batch, k, 1})); // (B, S, 1)
  const Var weights = softmax(reshape(scores, {batch, scores.shape()[1]}), memory.mask);
  return {weighted_mean(weights, memory.values), weights};
}

//> attention-step
AttentionStep attention_step(const Operand& x, const Operand& s, const AttentionWeights& w,
                             const AttentionMemory& memory) {
  const Inside step(x.caller());
  const Var query = given(w.query) ? linear(s, w.query) : Var(s);
  const Attended seen =
      given(w.v) ? additive_attention(query, memory, w.v) : product_attention(query, memory);
  const Var state = cho_gru_cell(concatenate({x, seen.context}, 1), s, w.cell.weight_ih,
                                 w.cell.weight_hh, w.cell.bias_ih, w.cell.bias_hh);
  return {state, seen};
}
//< attention-step

} // namespace tapestry::inline TAPESTRY_PRECISION
