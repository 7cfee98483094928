// Gradient clipping inside the recurrence (Graves 2013): what comes back is cut in every step.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"
#include "banana.hpp"
#include "keep.hpp"
#include "matrices.hpp"
#include "nn/recurrent/rnn.hpp"
#include "nn/training/optimizer.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t hidden = 50, steps = 60;

//> clipped-cell
// An Elman cell whose sum is clipped on the way back, before it goes on to input and state.
Var clipped_cell(const Var& x, const Var& h, const nn::RecurrentWeights& w, double bound) {
  const Var from_input = affine(x, w.weight_ih, w.bias_ih);
  const Var from_state = affine(h, w.weight_hh, w.bias_hh);
  return tanh(clip_gradient(from_input + from_state, bound));
}
//< clipped-cell

// |dL/dh_(T-k)|, k = 0 .. T, for L = <c, h_T>, of a network that reads banana.banana. and so on.
std::vector<double> norms_back(const nn::RecurrentWeights& w, double bound, const Tensor& c) {
  std::vector<Var> h{variable(zeros({1, hidden}))};
  const Tensor x = one_hot(bananas(steps));
  Tape tape;
  for (std::size_t t = 0; t < steps; ++t)
    h.push_back(clipped_cell(constant(at(x, t)), h[t], w, bound));
  tape.backward(h[steps], c);
  std::vector<double> norms;
  for (std::size_t t = steps + 1; t-- > 0;) norms.push_back(norm(h[t].grad()));
  return norms;
}

} // namespace

int main() {
  Rng rng(1);
  nn::RNN net({.input_size = 4, .hidden_size = hidden}, rng);
  nn::RecurrentWeights& w = net.weights();
  w.weight_ih.value() = normal({hidden, 4}, 0, 1, rng);
  w.weight_hh.value() = normal({hidden, hidden}, 0, 3 / std::sqrt(hidden), rng);
  w.bias_ih.value().fill(0), w.bias_hh.value().fill(0);
  Tensor c = normal({1, hidden}, 0, 1, rng);
  c /= static_cast<real>(norm(c));

  const double none = std::numeric_limits<double>::infinity();
  std::vector<std::vector<double>> columns;
  fmt::print("{:>8} {:>12} {:>14} {:>18}\n", "bound", "10 back", "60 back", "share of last 10");
  for (double bound : {none, 1.0, 0.1, 0.01}) {
    w.bias_hh.zero_grad();
    const std::vector<double> norms = norms_back(w, bound, c);
    double last = 0, all = 0;
    for (std::size_t k = 0; k <= steps; ++k) (k < 10 ? last : all) += norms[k];
    fmt::print("{:>8} {:>12.1e} {:>14.1e} {:>18.1e}\n", bound, norms[10], norms[60],
               last / (last + all));
    columns.push_back(norms);
  }
  std::string tsv = "k\tnone\t1\t0.1\t0.01\n";
  for (std::size_t k = 0; k <= steps; ++k) {
    tsv += fmt::format("{}", k);
    for (const std::vector<double>& column : columns) tsv += fmt::format("\t{:.1e}", column[k]);
    tsv += "\n";
  }
  keep("clip.tsv", tsv);
  const double times_later = columns[0][steps] / columns[0][0];
  keep("clip.json",
       nlohmann::json{{"decades", std::lround(std::log10(times_later))}}.dump(1) + "\n");
}
