// What an operator leaves behind for its pull-back, counted in bytes.
#include <cmath>
#include <functional>
#include <new>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/dropout.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {
std::size_t in_use = 0; // bytes
}

//> counting
// This program brings its own pool: one that counts.
void* tapestry::pool_allocate(std::size_t bytes) {
  in_use += bytes;
  return ::operator new (bytes, std::align_val_t{64});
}
void tapestry::pool_release(void* block, std::size_t bytes) noexcept {
  in_use -= bytes;
  ::operator delete (block, std::align_val_t{64});
}
//< counting

namespace {

constexpr std::size_t n = 512;

constexpr double unit = n * n * sizeof(real); // the size of x, which is (512, 512)

// What stays when f(x) has run: its output, and what its record keeps besides.
void show(const char* name, const std::function<Var(const Var&)>& f) {
  const Var x = variable(full({n, n}, real(0.5)));
  Tape tape;
  const std::size_t before = in_use;
  const Var y = f(x);
  const double stays = static_cast<double>(in_use - before) / unit;
  const double output = static_cast<double>(y.value().size() * sizeof(real)) / unit;
  fmt::print("  {:<22} {:>6.1f} {:>8.1f}\n", name, output, stays - output);
}

// How many records f(x) writes, what stays, and what stays after the way back, with all gradients
// but that of x.
double show_whole(const char* name, const std::function<Var(const Var&)>& f) {
  const Var x = variable(full({n, n}, real(0.5)));
  Tape tape;
  x.grad();
  const std::size_t before = in_use;
  const Var y = f(x);
  const double forwards = static_cast<double>(in_use - before) / unit;
  tape.backward(y, ones(y.shape()));
  const double both = static_cast<double>(in_use - before) / unit;
  fmt::print("  {:<36} {:>7} {:>10.1f} {:>11.1f}\n", name, tape.size(), forwards, both);
  return both;
}

} // namespace

int main() {
  Indices targets = Indices::from_shape({n});
  targets.fill(1);
  Rng rng(1);
  const Var half = constant(full({n, n}, real(0.5)));

  fmt::print("                         output  besides\n");
  show("x + half", [&](const Var& x) { return x + half; });
  show("x * half", [&](const Var& x) { return x * half; });
  show("sigmoid", [](const Var& x) { return sigmoid(x); });
  show("relu", [](const Var& x) { return relu(x); });
  show("maximum(x, half)", [&](const Var& x) { return maximum(x, half); });
  show("sum, axis 1", [](const Var& x) { return sum(x, {1}); });
  show("max, axis 1", [](const Var& x) { return max(x, {1}); });
  show("var, axis 1", [](const Var& x) { return var(x, {1}); });
  show("matmul(x, half)", [&](const Var& x) { return matmul(x, half); });
  show("transpose", [](const Var& x) { return transpose(x); });
  show("dropout", [&](const Var& x) { return dropout(x, 0.5, rng); });
  show("softmax", [](const Var& x) { return softmax(x); });
  show("log_softmax", [](const Var& x) { return log_softmax(x); });
  show("cross_entropy", [&](const Var& x) { return cross_entropy(x, targets); });
  show("mse_loss", [&](const Var& x) { return mse_loss(x, half); });
  show("binary_cross_entropy", [&](const Var& x) { return binary_cross_entropy(x, half); });

  Tensor one_hot = zeros({n, n});
  for (std::size_t i = 0; i < n; ++i) one_hot(i, 1) = 1;
  const Var target = constant(one_hot);
  fmt::print("\n                                       records   forwards   both ways\n");
  const double composed_sigmoid =
      show_whole("1 / (1 + exp(-x))", [](const Var& x) { return 1 / (1 + exp(-x)); });
  const double one_sigmoid = show_whole("sigmoid(x)", [](const Var& x) { return sigmoid(x); });
  const double composed_loss =
      show_whole("-mean(sum(t * log(softmax(x)), {1}))",
                 [&](const Var& x) { return -mean(sum(target * log(softmax(x)), {1})); });
  show_whole("-mean(sum(t * log_softmax(x), {1}))",
             [&](const Var& x) { return -mean(sum(target * log_softmax(x), {1})); });
  const double one_loss =
      show_whole("cross_entropy(x, ...)", [&](const Var& x) { return cross_entropy(x, targets); });

  const nlohmann::json ratios{{"sigmoid", std::lround(composed_sigmoid / one_sigmoid)},
                              {"loss", std::lround(composed_loss / one_loss)}};
  keep("memory.json", ratios.dump(1) + "\n");
}
