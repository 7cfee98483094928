// Layers upon layers: parameters and their shapes, a stack by hand, the order of the last states,
// and dropout between the layers.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/operators/shaping.hpp"
#include "autograd/random.hpp"
#include "nn/recurrent/bidirectional.hpp"
#include "nn/recurrent/gru.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t steps = 5, batch = 3, input = 3, hidden = 4;

double largest(const Tensor& a, const Tensor& b) {
  double d = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    d = std::max(d, static_cast<double>(std::abs(a.data()[i] - b.data()[i])));
  return a.shape() == b.shape() ? d : HUGE_VAL;
}

// Copies one direction of one layer into a net of its own.
nn::GRU part_of(const nn::GRU& net, std::size_t layer, bool reverse, std::size_t input_size,
                Rng& rng) {
  nn::GRU part({.input_size = input_size, .hidden_size = hidden}, rng);
  const nn::RecurrentWeights& w = net.weights(layer, reverse);
  part.load_state_dict({{"weight_ih_l0", w.weight_ih.value()},
                        {"weight_hh_l0", w.weight_hh.value()},
                        {"bias_ih_l0", w.bias_ih.value()},
                        {"bias_hh_l0", w.bias_hh.value()}});
  return part;
}

} // namespace

int main() {
  Rng rng(1);
  //> net
  nn::GRU net({.input_size = 3, .hidden_size = 4, .num_layers = 2, .bidirectional = true}, rng);
  //< net
  fmt::print("Two layers, two directions:\n");
  std::size_t count = 0;
  for (const auto& [name, parameter] : net.named_parameters()) {
    fmt::print("  {:<22}{}\n", name, to_string(parameter.shape()));
    count += parameter.value().size();
  }
  fmt::print("  {} numbers in all\n", count);

  const Var x = constant(normal({steps, batch, input}, 0, 1, rng)); // (T, B, I)
  const auto result = net(x);
  const Var output = result.output, state = result.state;
  fmt::print("\nShapes:\n");
  fmt::print("  {:<10}{}\n  {:<10}{}\n  {:<10}{}\n", "input", to_string(x.shape()), "output",
             to_string(output.shape()), "state", to_string(state.shape()));

  //> by-hand
  Var below = x;
  for (std::size_t l = 0; l < 2; ++l) {
    const nn::GRU forward = part_of(net, l, false, below.shape()[2], rng);
    const nn::GRU reverse = part_of(net, l, true, below.shape()[2], rng);
    below = bidirectional(
        below, {5, 5, 5}, [&](const Var& v) { return forward(v).output; },
        [&](const Var& v) { return reverse(v).output; }); // (T, B, 2 H)
  }
  //< by-hand
  fmt::print("\nThe stack by hand, against the net:\n");
  fmt::print("  the largest difference  {:.10f}\n", largest(below.value(), output.value()));

  //> last-states
  const auto state_of = [&](std::size_t layer, bool reverse) { // (B, H)
    return select(state, 0, 2 * layer + (reverse ? 1 : 0));
  };
  const auto shown_at = [&](std::size_t t, bool reverse) { // (B, H): one half of an output
    return slice(select(output, 0, t), 1, reverse ? hidden : 0, reverse ? 2 * hidden : hidden);
  };
  //< last-states
  fmt::print("\nThe top layer's last states, against what it shows:\n");
  const auto compare = [&](const char* what, const Var& a, const Var& b) {
    fmt::print("  {:<46}{:.4f}\n", what, largest(a.value(), b.value()));
  };
  compare("forward, and the left half at the last step", state_of(1, false),
          shown_at(steps - 1, false));
  compare("reverse, and the right half at the first step", state_of(1, true), shown_at(0, true));
  compare("reverse, and the right half at the last step", state_of(1, true),
          shown_at(steps - 1, true));

  //> dropout
  nn::GRU dropping({.input_size = 3, .hidden_size = 4, .num_layers = 2, .dropout = 0.5}, rng);
  const Var first = dropping(x, rng).output, second = dropping(x, rng).output;
  dropping.eval();
  const Var still = dropping(x).output, again = dropping(x).output;
  //< dropout
  std::size_t zero = 0;
  for (real v : first.value()) zero += v == 0;
  fmt::print("\nDropout between two layers:\n");
  fmt::print("  two walks in training differ    {}\n",
             largest(first.value(), second.value()) > 0 ? "yes" : "no");
  fmt::print("  two in evaluation differ        {}\n",
             largest(still.value(), again.value()) > 0 ? "yes" : "no");
  fmt::print("  zeros in the output             {} of {}\n", zero, first.value().size());
  dropping.train();
  try {
    dropping(x);
  } catch (const std::invalid_argument& e) {
    fmt::print("\nIn training without a generator:\n  {}\n", e.what());
  }
}
