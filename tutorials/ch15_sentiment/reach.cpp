// How far the gradient of a summary reaches back: its size at each of 40 words, over 20 untrained
// LSTMs.
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/recurrent/lstm.hpp"

using namespace tapestry;

int main() {
  constexpr std::size_t words = 40, width = 16, hidden = 32, nets = 20;
  const char* names[] = {"last", "mean", "max"};
  std::vector<std::vector<double>> size(3, std::vector<double>(words)); // mean square of the norm
  for (std::size_t net = 0; net < nets; ++net) {
    Rng rng(net + 1);
    const nn::LSTM lstm({.input_size = width, .hidden_size = hidden}, rng);
    const Tensor input = normal({words, 1, width}, 0, 1, rng),
                 cotangent = normal({1, hidden}, 0, 1, rng);
    for (int which = 0; which < 3; ++which) {
      const Var x = variable(input, "x");
      Tape tape;
      //> summaries
      const Var out = lstm(x).output; // (40, 1, 32)
      const Var summary = which == 0   ? select(out, 0, words - 1)
                          : which == 1 ? mean(out, {0})
                                       : max(out, {0});
      tape.backward(summary, cotangent);
      //< summaries
      for (std::size_t t = 0; t < words; ++t)
        for (std::size_t j = 0; j < width; ++j)
          size[static_cast<std::size_t>(which)][t] +=
              static_cast<double>(x.grad()(t, 0, j) * x.grad()(t, 0, j)) / nets;
    }
  }
  std::string rows = "word\tlast\tmean\tmax\n";
  for (std::size_t t = 0; t < words; ++t) {
    rows += fmt::format("{}", t + 1);
    for (const auto& s : size) rows += fmt::format("\t{:.3e}", std::sqrt(s[t]));
    rows += "\n";
  }
  keep("reach.tsv", rows);
  fmt::print("The size of the gradient at a word, of {}:\n{:<8}{:>10}{:>10}{:>10}{:>10}\n", words,
             "", "word 1", "word 20", "word 39", "word 40");
  for (std::size_t k = 0; k < 3; ++k)
    fmt::print("{:<8}{:>10.1e}{:>10.1e}{:>10.1e}{:>10.1e}\n", names[k], std::sqrt(size[k][0]),
               std::sqrt(size[k][19]), std::sqrt(size[k][38]), std::sqrt(size[k][39]));
}
