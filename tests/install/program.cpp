// What somebody writes who has installed Tapestry: a product, a step of an LSTM, and the way back.
#include <cstdio>

#include "autograd/autograd.hpp"
#include "autograd/version.hpp"
#include "nn/nn.hpp"

using namespace tapestry;

int main() {
  Rng rng(1);
  Parameter weight{"weight", uniform({4, 3}, -1, 1, rng)};
  nn::LSTM lstm({.input_size = 3, .hidden_size = 5}, rng);

  Tape tape;
  Var x = matmul(constant(ones({2, 4})), weight); // (2, 4) x (4, 3) -> (2, 3)
  LSTMState state = lstm.step(x, lstm.zero_state(2));
  Var loss = sum(state.h);
  tape.backward(loss);

  bool reached = weight.grad()(0, 0) != 0 && weight.grad().shape() == Shape{4, 3};
  std::printf("%s, %zu bytes, %s\n", version.data(), sizeof(real), reached ? "learns" : "does not");
  return reached ? 0 : 1;
}
