#include "text/models/composed_encoder.hpp"

#include <algorithm>

#include "autograd/operators/lookup.hpp"
#include "autograd/operators/shaping.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// One direction: its states in every row, (N, H), and at the end of each sentence, (B, H).
struct EncodedRows {
  Var states, last;
};

EncodedRows encode_rows(const nn::RecurrentWeights& w, const PackedSequence& x, bool reverse) {
  const PackedLayout& layout = *x.layout;
  const std::size_t steps = layout.steps(), hidden = w.weight_hh.shape()[1];
  std::vector<Var> states(steps), ended; // ended: the last states of the shorter ones
  Var h = constant(zeros({reverse ? layout.batch_sizes[steps - 1] : layout.batch(), hidden}));
  for (std::size_t i = 0; i < steps; ++i) {
    const std::size_t t = reverse ? steps - 1 - i : i, going = layout.batch_sizes[t];
    if (const std::size_t before = h.shape()[0]; going > before) { // from the end, more join in
      h = concatenate({h, constant(zeros({going - before, hidden}))});
    } else if (going < before) { // the shorter ones have ended
      ended.push_back(slice(h, 0, going, before));
      h = slice(h, 0, 0, going);
    }
    h = cho_gru_cell(slice(x.data, 0, layout.begins[t], layout.begins[t + 1]), h, w.weight_ih,
                     w.weight_hh, w.bias_ih, w.bias_hh);
    states[t] = h;
  }
  ended.push_back(h);
  std::reverse(ended.begin(), ended.end());
  return {concatenate(states), concatenate(ended)};
}

} // namespace

nn::GRU::PackedResult composed_encoder(const nn::GRU& layer, const PackedSequence& x,
                                       bool bidirectional) {
  std::vector<Var> states, last;
  for (std::size_t d = 0; d < (bidirectional ? 2 : 1); ++d) {
    const EncodedRows r = encode_rows(layer.weights(0, d == 1), x, d == 1);
    states.push_back(r.states);
    last.push_back(embedding(r.last, x.layout->unsorted_indices));
  }
  return {x.with(concatenate(states, 1)), stack(last)};
}

} // namespace tapestry::inline TAPESTRY_PRECISION
