// The weights of an LSTM step from PyTorch, read in two orders of the gates.
#include <array>

#include <fmt/ranges.h>

#include "autograd/operators/shaping.hpp"
#include "nn/recurrent/lstm_cell.hpp"

using namespace tapestry;

namespace {

// torch.nn.LSTMCell(3, 4, bias=False) of PyTorch 1.13: its weights, an input, a state, and what it
// made of them. From tests/fixtures/make_recurrent.py.
const Var w_ih = constant({{0.216, -0.216, 0.435},
                           {0.335, 0.122, -0.471},
                           {0.379, 0.261, 0.318},
                           {0.427, 0.438, -0.452},
                           {-0.491, -0.385, -0.485},
                           {0.178, -0.298, -0.024},
                           {-0.058, -0.269, -0.053},
                           {-0.348, 0.5, 0.368},
                           {0.272, -0.39, -0.254},
                           {0.327, 0.298, 0.275},
                           {0.304, 0.312, 0.39},
                           {0.13, 0.302, 0.101},
                           {0.004, 0.278, 0.005},
                           {-0.194, 0.49, -0.135},
                           {-0.009, 0.166, 0.091},
                           {-0.107, 0.237, 0.069}});
const Var w_hh = constant({{0.032, 0.275, -0.49, 0.268},
                           {0.496, -0.271, -0.306, 0.402},
                           {0.122, -0.422, 0.297, 0.393},
                           {0.345, 0.373, 0.472, 0.081},
                           {0.062, 0.444, -0.393, 0.28},
                           {-0.162, -0.426, 0.484, -0.299},
                           {-0.364, -0.456, -0.405, 0.342},
                           {-0.386, -0.216, 0.262, 0.372},
                           {0.255, 0.432, 0.092, -0.068},
                           {0.039, -0.419, 0.142, -0.285},
                           {-0.241, -0.006, -0.257, 0.496},
                           {-0.139, -0.057, -0.434, 0.083},
                           {0.191, 0.36, 0.338, -0.485},
                           {0.231, 0.349, -0.221, 0.135},
                           {0.257, -0.413, 0, 0.001},
                           {0.223, -0.442, -0.306, -0.18}});
const Var x = constant({{-0.863, 0.689, -0.848}});
const LSTMState state{constant({{0.752, 0.792, -1.592, 1.362}}),
                      constant({{0.993, 0.299, 1.017, -1.047}})};
const Tensor torch_h{{0.2519439, -0.4687569, 0.3107217, -0.1054596}};
const Tensor torch_c{{0.8765017, -0.6370591, 0.7750484, -0.1892676}};

//> reordered
// The blocks of four rows each in another order. w: (4H, ...)
Var reordered(const Var& w, const std::array<std::size_t, 4>& order) {
  const std::size_t h = w.shape()[0] / 4;
  std::vector<Var> blocks;
  for (std::size_t k : order) blocks.push_back(slice(w, 0, k * h, (k + 1) * h));
  return concatenate(blocks);
}
//< reordered

void show(const char* name, const Tensor& h, const Tensor& c) {
  fmt::print("{:<17} {:>6.3f}   {:>6.3f}\n", name, fmt::join(h, " "), fmt::join(c, " "));
}

void run(const char* name, const Var& in, const Var& rec) {
  const LSTMState next = lstm_cell(x, state, in, rec, Var{}, Var{});
  show(name, next.h.value(), next.c.value());
}

} // namespace

int main() {
  fmt::print("{:<17} {:<27}   {}\n", "", "h'", "c'");
  show("PyTorch", torch_h, torch_c);
  run("as i, f, g, o", w_ih, w_hh);
  run("as i, g, f, o", reordered(w_ih, {0, 2, 1, 3}), reordered(w_hh, {0, 2, 1, 3}));
}
