// Trains a GRU of one unit to hold the value that was stored last, and looks at its gates.
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/training/optimizer.hpp"
#include "task.hpp"

using namespace tapestry;

namespace {

// A sequence with long gaps: +1 is stored in step 4, -1 in step 22.
void look(const nn::GRU& net, const nn::Linear& head) {
  Rng rng(11);
  const nn::RecurrentWeights& w = net.weights();
  Var h = constant(zeros({1, 1}));
  std::string tsv = "t\tvalue\tstore\tr\tz\tn\th\tanswer\n";
  double quiet_plus = 0, quiet_minus = 0; // z in step 5, whose value is +1, and in step 6
  fmt::print("\n t value store     r    z     n     h   answer\n");
  for (std::size_t t = 0; t < steps; ++t) {
    const real noise = rng.chance(0.5) ? 1 : -1;
    const real value = t == 4 ? 1 : t == 22 ? -1 : noise;
    const bool store = t == 4 || t == 22;
    const Var x = constant({{value, static_cast<real>(store)}});
    const Tensor in = affine(x, w.weight_ih, w.bias_ih).value();
    const Tensor from_h = affine(h, w.weight_hh, w.bias_hh).value();
    const auto gate = [&](std::size_t k) { return 1 / (1 + std::exp(-in(0, k) - from_h(0, k))); };
    const double r = gate(0), z = gate(1), n = std::tanh(in(0, 2) + r * from_h(0, 2));
    h = gru_cell(x, h, w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh);
    if (t == 5) quiet_plus = z;
    if (t == 6) quiet_minus = z;
    const double answer = std::round(10 * head(h).item()) / 10 + 0.0; // + 0.0: no -0
    tsv += fmt::format("{}\t{}\t{}\t{:.2f}\t{:.2f}\t{:.2f}\t{:.2f}\t{:.1f}\n", t, value,
                       static_cast<int>(store), r, z, n, h.item(), answer);
    if ((t > 2 && t < 8) || (t > 20 && t < 25) || t > 37)
      fmt::print("{:>2} {:>5} {:>5}  {:>4.2f} {:>4.2f} {:>5.2f} {:>5.2f} {:>8.1f}\n", t, value,
                 static_cast<int>(store), r, z, n, h.item(), answer);
  }
  keep("gates.tsv", tsv);
  keep("gates.json",
       fmt::format("{{\"plus\": {:.2f}, \"minus\": {:.2f}}}\n", quiet_plus, quiet_minus));
}

} // namespace

int main() {
  Rng rng(1);
  nn::GRU net({.input_size = 2, .hidden_size = 1}, rng);
  //> update-bias
  net.weights().bias_ih.value()(1) = 3; // z: keep at first
  //< update-bias
  nn::Linear head({.in_features = 1, .out_features = 1}, rng);
  std::vector<Parameter> parameters = net.parameters();
  for (const Parameter& p : head.parameters()) parameters.push_back(p);
  nn::Adam adam(parameters, {.lr = 0.02});
  for (std::size_t step = 1; step <= 1000; ++step) {
    const Task task = draw(rng);
    adam.zero_grad();
    Tape tape;
    const auto [output, state] = net(constant(task.x));
    const Var loss = mse_loss(head(output), constant(task.answer));
    tape.backward(loss);
    nn::clip_grad_norm(parameters, 1);
    adam.step();
    if (step % 250 == 0) fmt::print("step {:>4}: mean square error {:.4f}\n", step, loss.item());
  }
  look(net, head);
}
