// How much of a gradient arrives k steps before the loss: Elman, and LSTMs of several forget
// biases.
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/tape.hpp"
#include "autograd/xt.hpp"
#include "keep.hpp"
#include "nn/recurrent/elman_cell.hpp"
#include "nn/recurrent/lstm_cell.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t steps = 100, batch = 4, hidden = 32;

double norm(const Tensor& x) { return std::sqrt(xt::sum(xt::square(x))()); }

// The norm of the gradient at the state of k = 0, 1, ... steps before the last, for a random
// gradient of norm 1 at the last. Cells as they come from their initial values.
std::vector<double> elman() {
  Rng rng(1);
  nn::RNNCell cell({.input_size = 8, .hidden_size = hidden}, rng);
  Tape tape;
  std::vector<Var> h{constant(zeros({batch, hidden}))};
  for (std::size_t t = 0; t < steps; ++t)
    h.push_back(cell(constant(normal({batch, 8}, 0, 1, rng)), h.back()));
  Tensor seed = normal({batch, hidden}, 0, 1, rng);
  tape.backward(h.back(), seed / norm(seed));
  std::vector<double> norms;
  for (std::size_t k = 0; k < steps; ++k) norms.push_back(norm(h[steps - k].grad()));
  return norms;
}

//> lstm-path
std::vector<double> lstm(double forget_bias) {
  Rng rng(1);
  nn::LSTMCell cell({.input_size = 8, .hidden_size = hidden}, rng);
  for (Parameter* bias : {&cell.bias_ih, &cell.bias_hh}) // the f block of both
    std::fill_n(bias->value().data() + hidden, hidden, bias == &cell.bias_ih ? forget_bias : 0);
  //< lstm-path
  Tape tape;
  const Var zero = constant(zeros({batch, hidden}));
  std::vector<LSTMState> state{{zero, zero}};
  for (std::size_t t = 0; t < steps; ++t)
    state.push_back(cell(constant(normal({batch, 8}, 0, 1, rng)), state.back()));
  Tensor seed = normal({batch, hidden}, 0, 1, rng);
  tape.backward(state.back().c, seed / norm(seed));
  std::vector<double> norms;
  for (std::size_t k = 0; k < steps; ++k) norms.push_back(norm(state[steps - k].c.grad()));
  return norms;
}

} // namespace

int main() {
  const std::vector<double> biases{-2, 0, 1, 3, 20};
  std::vector<std::vector<double>> curves{elman()};
  for (double b : biases) curves.push_back(lstm(b));

  fmt::print("                          10 steps   40 steps   99 steps   factor  sigmoid\n"
             "                            before     before     before   a step  of bias\n");
  const auto row = [&](const std::string& name, const std::vector<double>& g,
                       const std::string& f) {
    const double factor = std::pow(g[99] / g[10], 1.0 / 89);
    fmt::print("{:<24}  {:>8.0e}   {:>8.0e}   {:>8.0e}   {:>6.2f}  {:>7}\n", name, g[10], g[40],
               g[99], factor, f);
  };
  row("Elman", curves[0], "");
  for (std::size_t b = 0; b < biases.size(); ++b)
    row(fmt::format("LSTM, forget bias {:>2}", biases[b]), curves[b + 1],
        fmt::format("{:.2f}", 1 / (1 + std::exp(-biases[b]))));

  std::string tsv = "k\telman\tminus2\tzero\tone\tthree\ttwenty\n";
  for (std::size_t k = 0; k < steps; ++k) {
    tsv += fmt::format("{}", k);
    for (const auto& g : curves) tsv += fmt::format("\t{:.2e}", g[k]);
    tsv += "\n";
  }
  keep("gradient_path.tsv", tsv);
  const auto rounded = [](double x) { return std::stod(fmt::format("{:.0e}", x)); };
  keep("gradient_path.json", nlohmann::json{{"elman", rounded(curves[0][40])},
                                            {"zero", rounded(curves[2][40])},
                                            {"three", rounded(curves[4][40])}}
                                     .dump(1) +
                                 "\n");
}
