// The three layers of PyTorch's names side by side: what each option does to the shapes of input,
// output and last states, and to the parameters.
#include <string>

#include <fmt/format.h>

#include "autograd/random.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/recurrent/lstm.hpp"
#include "nn/recurrent/rnn.hpp"

using namespace tapestry;

namespace {

//> sizes
constexpr std::size_t T = 7, B = 5, I = 3, H = 4; // steps, sequences, input_size, hidden_size
//< sizes

std::string h_of(const Var& state) { return to_string(state.shape()); }
std::string h_of(const LSTMState& state) { return to_string(state.h.shape()); }
std::string c_of(const Var&) { return "-"; }
std::string c_of(const LSTMState& state) { return to_string(state.c.shape()); }

template <class Net>
void row(const char* what, const nn::RecurrentOptions& options, bool single = false) {
  Rng rng(1);
  Net net(options, rng);
  const Shape shape = single ? Shape{T, I} : options.batch_first ? Shape{B, T, I} : Shape{T, B, I};
  const Var x = constant(normal(shape, 0, 1, rng));
  const auto [output, state] = net(x, rng);
  std::size_t numbers = 0;
  for (const Parameter& p : net.parameters()) numbers += p.value().size();
  fmt::print("  {:<22} {:<10} {:<10} {:<10} {:<10} {:>5}\n", what, to_string(x.shape()),
             to_string(output.shape()), h_of(state), c_of(state), numbers);
}

void head(const char* what) {
  fmt::print("{}\n  {:<22} {:<10} {:<10} {:<10} {:<10} {}\n", what, "", "input", "output", "h_n",
             "c_n", "numbers");
}

} // namespace

int main() {
  head("The three layers, without options:");
  row<nn::RNN>("RNN", {.input_size = I, .hidden_size = H});
  row<nn::GRU>("GRU", {.input_size = I, .hidden_size = H});
  row<nn::LSTM>("LSTM", {.input_size = I, .hidden_size = H});
  fmt::print("\n");
  head("An LSTM, one option at a time:");
  row<nn::LSTM>("num_layers = 2", {.input_size = I, .hidden_size = H, .num_layers = 2});
  row<nn::LSTM>("bidirectional", {.input_size = I, .hidden_size = H, .bidirectional = true});
  row<nn::LSTM>("both",
                {.input_size = I, .hidden_size = H, .num_layers = 2, .bidirectional = true});
  row<nn::LSTM>(
      "both, dropout = 0.5",
      {.input_size = I, .hidden_size = H, .num_layers = 2, .dropout = 0.5, .bidirectional = true});
  row<nn::LSTM>(
      "both, proj_size = 2",
      {.input_size = I, .hidden_size = H, .num_layers = 2, .bidirectional = true, .proj_size = 2});
  row<nn::LSTM>("bias = false", {.input_size = I, .hidden_size = H, .bias = false});
  row<nn::LSTM>("batch_first", {.input_size = I, .hidden_size = H, .batch_first = true});
  row<nn::LSTM>("one sequence, no batch", {.input_size = I, .hidden_size = H}, true);
}
