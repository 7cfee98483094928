// Recurrent layers written out: cells in loops, for the fused operators to be compared with.
#pragma once

#include <functional>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/recurrent/rnn.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::testing {

/// One step of any cell; c is unused by those that have none.
using Cell = std::function<LSTMState(const Var& x, const LSTMState&, const nn::RecurrentWeights&)>;

inline Cell elman(Nonlinearity f = Nonlinearity::tanh) {
  return [f](const Var& x, const LSTMState& s, const nn::RecurrentWeights& w) {
    return LSTMState{elman_cell(x, s.h, w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh, f), s.c};
  };
}

inline Cell lstm() {
  return [](const Var& x, const LSTMState& s, const nn::RecurrentWeights& w) {
    LSTMState next = lstm_cell(x, s, w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh);
    if (w.weight_hr.rank() > 0) next.h = linear(next.h, w.weight_hr);
    return next;
  };
}

inline Cell gru() {
  return [](const Var& x, const LSTMState& s, const nn::RecurrentWeights& w) {
    return LSTMState{gru_cell(x, s.h, w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh), s.c};
  };
}

inline Cell cho_gru() {
  return [](const Var& x, const LSTMState& s, const nn::RecurrentWeights& w) {
    return LSTMState{cho_gru_cell(x, s.h, w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh), s.c};
  };
}

/// All layers and directions of `net` over x, (T, B, I), from h and c, (D*L, B, ...).
inline nn::LSTM::Result composed(const nn::Recurrent& net, const Cell& cell, Var x, const Var& h,
                                 const Var& c, std::size_t layers, bool bidirectional) {
  const std::size_t steps = x.shape()[0], directions = bidirectional ? 2 : 1;
  std::vector<Var> last_h, last_c;
  for (std::size_t l = 0; l < layers; ++l) {
    std::vector<Var> shown(directions);
    for (std::size_t d = 0; d < directions; ++d) {
      LSTMState state{select(h, 0, l * directions + d), select(c, 0, l * directions + d)};
      std::vector<Var> outputs(steps);
      for (std::size_t i = 0; i < steps; ++i) {
        const std::size_t t = d == 0 ? i : steps - 1 - i;
        state = cell(select(x, 0, t), state, net.weights(l, d == 1));
        outputs[t] = state.h;
      }
      shown[d] = stack(outputs);
      last_h.push_back(state.h);
      last_c.push_back(state.c);
    }
    x = concatenate(shown, -1);
  }
  return {x, {stack(last_h), stack(last_c)}};
}

/// Variables of any shapes as one, so that gradients arrive at all of them.
inline Var joined(const std::vector<Var>& parts) {
  std::vector<Var> flat;
  for (const Var& x : parts) flat.push_back(reshape(x, {x.value().size()}));
  return concatenate(flat);
}

} // namespace tapestry::inline TAPESTRY_PRECISION::testing
