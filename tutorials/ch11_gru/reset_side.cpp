// The weights of a GRU step from PyTorch: which form computes what PyTorch does?
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/xt.hpp"
#include "nn/recurrent/gru_cell.hpp"

using namespace tapestry;

namespace {

// torch.nn.GRUCell(3, 4) of PyTorch 1.13: its weights, an input, a state, and what it made of them.
// From tests/fixtures/make_recurrent.py.
const Var w_ih = constant({{0.08, 0.077, -0.157},
                           {0.278, -0.402, -0.245},
                           {-0.009, -0.44, -0.25},
                           {0.267, -0.237, 0.05},
                           {0.049, -0.062, 0.043},
                           {-0.158, 0.21, 0.405},
                           {0.283, -0.094, -0.372},
                           {0.473, -0.424, -0.047},
                           {-0.311, -0.333, -0.196},
                           {0.408, -0.444, 0.438},
                           {-0.332, 0.479, -0.4},
                           {0.284, -0.13, -0.223}});
const Var w_hh = constant({{-0.124, 0.074, 0.108, 0.021},
                           {-0.032, 0.372, -0.027, 0.066},
                           {0.366, 0.069, -0.13, 0.164},
                           {-0.206, -0.037, 0.414, -0.092},
                           {-0.469, 0.405, -0.02, -0.309},
                           {-0.163, 0.116, 0.411, 0.171},
                           {-0.34, 0.072, -0.022, -0.467},
                           {0.374, 0.108, -0.464, 0.428},
                           {0.145, 0.136, -0.229, 0.177},
                           {-0.134, -0.36, -0.483, 0.43},
                           {-0.477, -0.147, -0.457, -0.215},
                           {0.449, -0.469, 0.309, 0.316}});
const Var b_ih = constant(
    {0.199, -0.251, -0.348, -0.353, -0.325, 0.168, -0.343, 0.353, -0.083, 0.1, -0.191, 0.146});
const Var b_hh = constant(
    {0.285, -0.384, 0.462, 0.149, -0.035, 0.391, -0.424, 0.24, -0.164, 0.022, 0.399, 0.235});
const Var x = constant({{0.946, 1.63, -1.256}}), h = constant({{0.329, -0.907, -0.348, 0.728}});
const Tensor torch{{-0.3872257, -0.7205021, 0.3805590, 0.7100670}};

void show(const char* name, const Tensor& y) {
  const double apart = xt::amax(xt::abs(y - torch))();
  fmt::print("{:<28} {:>6.3f}   {}\n", name, fmt::join(y, " "),
             apart < 1e-4 ? "as PyTorch" : fmt::format("off by up to {:.3f}", apart));
}

} // namespace

int main() {
  show("PyTorch", torch);
  show("reset after the product", gru_cell(x, h, w_ih, w_hh, b_ih, b_hh).value());
  show("reset before the product", cho_gru_cell(x, h, w_ih, w_hh, b_ih, b_hh).value());
  //> one-bias
  const Var joined = constant(b_ih.value() + b_hh.value());
  show("after, the biases joined", gru_cell(x, h, w_ih, w_hh, joined, Var{}).value());
  //< one-bias
}
