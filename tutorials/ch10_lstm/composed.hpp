// An LSTM as a loop over its cell, to be compared with nn::LSTM.
#pragma once

#include <vector>

#include "autograd/operators/shaping.hpp"
#include "nn/recurrent/lstm.hpp"

//> composed
// x: (T, B, I) -> (T, B, H)
inline tapestry::Var composed(const tapestry::nn::LSTM& net, const tapestry::Var& x) {
  const tapestry::nn::RecurrentWeights& w = net.weights();
  tapestry::LSTMState state = net.zero_state(x.shape()[1]);
  std::vector<tapestry::Var> shown;
  for (std::size_t t = 0; t < x.shape()[0]; ++t) {
    state = lstm_cell(select(x, 0, t), state, w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh);
    shown.push_back(state.h);
  }
  return stack(shown);
}
//< composed
