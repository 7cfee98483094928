// Initial values: how large values and gradients are after 1 to 30 layers.
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/operators/matmul.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "nn/init.hpp"
#include "two_spirals.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t depth = 30, width = 256, batch = 64;

using Init = std::function<Tensor(const Shape&, Rng&)>;

Tensor pytorch(const Shape& shape, Rng& rng) { return fan_uniform(shape, shape[1], rng); }

// Twice the variance of kaiming_uniform.
Tensor too_large(const Shape& shape, Rng& rng) {
  return std::sqrt(real(2)) * kaiming_uniform(shape, rng);
}

struct Case {
  const char* name;
  Init init;
  double variance; // of a weight, times fan_in, where fan_in = fan_out
};
const std::vector<Case> cases{{"fan_uniform", pytorch, 1.0 / 3},
                              {"xavier_uniform", xavier_uniform, 1},
                              {"kaiming_uniform", kaiming_uniform, 2},
                              {"twice kaiming's variance", too_large, 4}};

// The root of the mean of the squares of all entries.
double rms(const Tensor& x) {
  double squares = 0;
  for (real v : x) squares += static_cast<double>(v) * static_cast<double>(v);
  return std::sqrt(squares / static_cast<double>(x.size()));
}

struct Sizes {
  std::vector<double> value, gradient; // of the input, and after each layer
};

//> through-layers
// The sizes of the values after each layer, and of the gradients there, if a random gradient
// arrives at the end.
Sizes through_layers(Var (*activation)(const Operand&), const Init& init) {
  Rng rng(1);
  std::vector<Var> h{variable(normal({batch, width}, 0, 1, rng))};
  Tape tape;
  for (std::size_t layer = 0; layer < depth; ++layer) {
    const Parameter weight("weight", init({width, width}, rng));
    const Var y = linear(h.back(), weight);
    h.push_back(activation(y));
  }
  tape.backward(h.back(), normal({batch, width}, 0, 1, rng));
  Sizes sizes;
  for (const Var& x : h) {
    sizes.value.push_back(rms(x.value()));
    sizes.gradient.push_back(rms(x.grad()));
  }
  return sizes;
}
//< through-layers

// The factors of one layer of any shape, forward and backward, for one draw of kaiming_uniform.
void show_one_layer(std::size_t in, std::size_t out) {
  Rng rng(2);
  const Var x = variable(normal({1000, in}, 0, 1, rng));
  const Parameter weight("weight", kaiming_uniform({out, in}, rng));
  Tape tape;
  const Var y = linear(x, weight);
  const Tensor seed = normal({1000, out}, 0, 1, rng);
  tape.backward(y, seed);
  const double w = rms(weight.value());
  fmt::print("  {:>4} {:>4} {:>10.2f} {:>9.2f} {:>11.2f} {:>9.2f}\n", in, out,
             std::sqrt(static_cast<double>(in)) * w, rms(y.value()) / rms(x.value()),
             std::sqrt(static_cast<double>(out)) * w, rms(x.grad()) / rms(seed));
}

} // namespace

int main() {
  fmt::print("One layer of kaiming_uniform, without an activation:\n");
  fmt::print("    in  out    forward            backward\n");
  fmt::print("              predicted measured   predicted measured\n");
  show_one_layer(256, 256);
  show_one_layer(64, 256);
  show_one_layer(256, 64);

  fmt::print("\nThe factor of a layer with ReLU, as a mean over {} layers:\n", depth);
  fmt::print("  {:<26}predicted  values  gradients\n", "");
  std::vector<std::string> arrived;
  std::string tsv = "layer\tvalue\tgradient\n";
  for (const Case& c : cases) {
    const Sizes s = through_layers(relu, c.init);
    fmt::print("  {:<26}{:>9.2f} {:>7.2f} {:>10.2f}\n", c.name, std::sqrt(c.variance / 2),
               std::pow(s.value[depth] / s.value[0], 1.0 / depth),
               std::pow(s.gradient[0] / s.gradient[depth], 1.0 / depth));
    for (std::size_t l = 0; l <= depth; ++l)
      tsv += fmt::format("{}\t{:.1e}\t{:.1e}\n", l, s.value[l], s.gradient[l]);
    tsv += "\n\n";
    arrived.push_back(fmt::format("{:.0e}", s.gradient[0]));
  }
  keep("depth.tsv", tsv);
  keep("depth.json", nlohmann::json{{"gradient", arrived}}.dump(1) + "\n");

  fmt::print("\nWith tanh, after {} layers:\n", depth);
  fmt::print("  {:<26}values  gradients\n", "");
  for (const Case& c : cases) {
    const Sizes s = through_layers(tanh, c.init);
    fmt::print("  {:<26}{:>6.1g} {:>10.1g}\n", c.name, s.value[depth], s.gradient[0]);
  }
}
