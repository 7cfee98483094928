// Which of the two bias vectors can be done without: all of an LSTM's, and of a GRU's r and z only.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/tape.hpp"
#include "autograd/xt.hpp"
#include "nn/recurrent/gru_cell.hpp"
#include "nn/recurrent/lstm_cell.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t hidden = 4;

// Entries begin .. end-1 of b_hh go over to b_ih.
void move(nn::RecurrentCell& cell, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    cell.bias_ih.value()(i) += cell.bias_hh.value()(i);
    cell.bias_hh.value()(i) = 0;
  }
}

void report(const char* what, const Tensor& before, const Tensor& after) {
  const double apart = xt::amax(xt::abs(after - before))();
  fmt::print("  {:<18} {}\n", what,
             apart < 1e-12 ? "h' is the same" : fmt::format("h' changes by up to {:.3f}", apart));
}

} // namespace

int main() {
  Rng rng(1);
  const Var x = constant(normal({2, 3}, 0, 1, rng)), h = constant(normal({2, hidden}, 0, 1, rng));
  nn::LSTMCell lstm({.input_size = 3, .hidden_size = hidden}, rng);
  nn::GRUCell gru({.input_size = 3, .hidden_size = hidden}, rng);

  fmt::print("b_hh is added to b_ih and becomes 0:\n");
  const Tensor lstm_before = lstm(x, {h, h}).h.value(), gru_before = gru(x, h).value();
  move(lstm, 0, 4 * hidden);
  report("LSTM, all gates", lstm_before, lstm(x, {h, h}).h.value());
  move(gru, 0, 2 * hidden);
  report("GRU, r and z", gru_before, gru(x, h).value());
  move(gru, 2 * hidden, 3 * hidden);
  report("GRU, n as well", gru_before, gru(x, h).value());

  //> gradients
  const Var one_x = constant(normal({1, 3}, 0, 1, rng));
  const Var one_h = constant(normal({1, hidden}, 0, 1, rng));
  Tape tape;
  const Var next = gru(one_x, one_h);
  tape.backward(next, normal({1, hidden}, 0, 1, rng));
  //< gradients
  const auto block = [&](const Parameter& b, std::size_t k) {
    return Tensor(xt::view(b.grad(), xt::range(k * hidden, (k + 1) * hidden)));
  };
  const Tensor ratio = block(gru.bias_hh, 2) / block(gru.bias_ih, 2);
  const Var from_input = affine(one_x, gru.weight_ih, gru.bias_ih);
  const Var from_state = affine(one_h, gru.weight_hh, gru.bias_hh);
  const Tensor sums = from_input.value() + from_state.value();
  const Tensor r = 1 / (1 + xt::exp(-xt::view(sums, 0, xt::range(0, hidden))));
  fmt::print("\nGradients of a GRU's biases, one row:\n");
  fmt::print("  b_ir             {:>6.3f}\n", fmt::join(block(gru.bias_ih, 0), " "));
  fmt::print("  b_hr             {:>6.3f}\n", fmt::join(block(gru.bias_hh, 0), " "));
  fmt::print("  b_in             {:>6.3f}\n", fmt::join(block(gru.bias_ih, 2), " "));
  fmt::print("  b_hn             {:>6.3f}\n", fmt::join(block(gru.bias_hh, 2), " "));
  fmt::print("  b_hn over b_in   {:>6.3f}\n", fmt::join(ratio, " "));
  fmt::print("  r                {:>6.3f}\n", fmt::join(r, " "));
}
