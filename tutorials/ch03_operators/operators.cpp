// Every operator of the chapter: its pull-back against central differences, and its Jacobian drawn.
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <fmt/ranges.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/choice.hpp"
#include "autograd/operators/cumsum.hpp"
#include "autograd/operators/dropout.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/layer_norm.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"
#include "classifier.hpp"
#include "drawing.hpp"
#include "keep.hpp"
#include "slopes.hpp"

using namespace tapestry;

namespace {

using Function = std::function<Var(const std::vector<Var>&)>;

Tensor random(const Shape& shape, std::uint64_t seed) {
  Rng rng(seed);
  return normal(shape, 0, 1, rng);
}

Tensor positive(const Shape& shape, std::uint64_t seed) {
  Rng rng(seed);
  return uniform(shape, 0.5, 2, rng);
}

double dot(const Tensor& a, const Tensor& b) {
  double total = 0;
  for (std::size_t i = 0; i < a.size(); ++i) total += a.data()[i] * b.data()[i];
  return total;
}

// One line: how many entries of the inputs' gradients agree with central differences, and of the
// one that is furthest off both numbers.
//> check
void check(const char* name, const std::vector<Tensor>& inputs, const Function& f) {
  std::vector<Var> x;
  for (const Tensor& value : inputs) x.push_back(variable(value));
  Tape tape;
  const Var y = f(x);
  const Tensor c = random(y.shape(), 99); // the gradient that arrives
  tape.backward(y, c);

  std::size_t entries = 0, agree = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    const Tensor measured = slopes(
        [&](const Tensor& value) {
          std::vector<Var> moved(inputs.begin(), inputs.end());
          moved[k] = constant(value);
          return dot(c, f(moved).value());
        },
        inputs[k]);
    for (std::size_t i = 0; i < measured.size(); ++i, ++entries)
      agree += std::abs(x[k].grad().data()[i] - measured.data()[i]) < 1e-7;
  }
  //< check
  std::string shapes;
  for (const Tensor& value : inputs)
    shapes += (shapes.empty() ? "" : ", ") + to_string(value.shape());
  fmt::print("  {:<21} {:<30} {:>2} of {:>2}\n", name, shapes + " -> " + to_string(y.shape()),
             agree, entries);
}

// d f(x)[i] / d x[j], measured.
Tensor jacobian(const std::function<Tensor(const Tensor&)>& f, const Tensor& x) {
  const std::size_t n = f(x).size();
  Tensor j = zeros({n, x.size()});
  for (std::size_t i = 0; i < n; ++i) {
    const Tensor row = slopes([&](const Tensor& at) { return f(at).data()[i]; }, x);
    std::copy_n(row.data(), x.size(), j.data() + i * x.size());
  }
  return j;
}

// One line: how many entries of a measured Jacobian are what a formula says.
void check_formula(const char* name, const Tensor& measured,
                   const std::function<double(std::size_t, std::size_t)>& formula) {
  std::size_t agree = 0;
  for (std::size_t i = 0; i < measured.shape()[0]; ++i)
    for (std::size_t j = 0; j < measured.shape()[1]; ++j)
      agree += std::abs(measured(i, j) - formula(i, j)) < 1e-9;
  fmt::print("  {:<52} {:>2} of {:>2}\n", name, agree, measured.size());
}

// The figure: the Jacobians of the running example's operators side by side, filled where they are
// not zero.
std::string jacobians() {
  const Classifier c;
  const Tensor words = embedding(c.table, texts).value(),
               means = mean(constant(words), {1}).value(),
               hidden = sigmoid(constant(means)).value(),
               products = matmul(constant(hidden), c.weight).value(),
               logits = products + c.bias.value();
  std::string tsv;
  double left = 0;
  const auto add = [&](const Tensor& j) {
    tsv += cells(j, left, 0, [&](auto i, auto k) { return std::abs(j(i, k)) > 1e-6 ? 1 : 0; });
    left += static_cast<double>(j.shape()[1]) + 2;
  };
  //> jacobians
  add(jacobian([](auto& x) { return sigmoid(constant(x)).value(); }, means));
  add(jacobian([&](auto& x) { return Tensor(products + x); }, c.bias.value()));
  add(jacobian([](auto& x) { return mean(constant(x), {1}).value(); }, words));
  add(jacobian([](auto& x) { return softmax(constant(x)).value(); }, logits));
  add(jacobian([&](auto& x) { return matmul(constant(hidden), constant(x)).value(); },
               c.weight.value()));
  add(jacobian([](auto& x) { return embedding(constant(x), texts).value(); }, c.table.value()));
  //< jacobians
  return tsv;
}

} // namespace

int main() {
  fmt::print("Entry by entry:\n");
  const std::vector<Tensor> one{random({2, 3}, 1)}, above_zero{positive({2, 3}, 1)};
  check("exp", one, [](auto& x) { return exp(x[0]); });
  check("log", above_zero, [](auto& x) { return log(x[0]); });
  check("tanh", one, [](auto& x) { return tanh(x[0]); });
  check("sigmoid", one, [](auto& x) { return sigmoid(x[0]); });
  check("softplus", one, [](auto& x) { return softplus(x[0]); });
  check("square", one, [](auto& x) { return square(x[0]); });
  check("sqrt", above_zero, [](auto& x) { return sqrt(x[0]); });
  check("pow 2.5", above_zero, [](auto& x) { return pow(x[0], 2.5); });
  check("relu", one, [](auto& x) { return relu(x[0]); });
  check("abs", one, [](auto& x) { return abs(x[0]); });
  check("clamp", one, [](auto& x) { return clamp(x[0], -0.5, 0.5); });
  check("negate", one, [](auto& x) { return -x[0]; });
  check("dropout", one, [](auto& x) {
    Rng rng(1); // the same mask every time
    return dropout(x[0], 0.4, rng);
  });

  fmt::print("\nTwo operands, one repeated:\n");
  const std::vector<Tensor> row{random({2, 3}, 1), random({3}, 2)},
      column{random({2, 3}, 1), positive({2, 1}, 2)};
  check("+", row, [](auto& x) { return x[0] + x[1]; });
  check("-", column, [](auto& x) { return x[0] - x[1]; });
  check("*", row, [](auto& x) { return x[0] * x[1]; });
  check("/", column, [](auto& x) { return x[0] / x[1]; });
  check("maximum", row, [](auto& x) { return maximum(x[0], x[1]); });
  check("minimum", row, [](auto& x) { return minimum(x[0], x[1]); });
  check("where", row, [](auto& x) { return where(Indices{1, 0, 1}, x[0], x[1]); });
  check("broadcast_to", {random({3, 1}, 1)}, [](auto& x) { return broadcast_to(x[0], {2, 3, 4}); });

  fmt::print("\nReductions, over axis 1:\n");
  const std::vector<Tensor> three{random({2, 4, 3}, 1)};
  check("sum", three, [](auto& x) { return sum(x[0], {1}); });
  check("mean", three, [](auto& x) { return mean(x[0], {1}); });
  check("max", three, [](auto& x) { return max(x[0], {1}); });
  check("min", three, [](auto& x) { return min(x[0], {1}); });
  check("logsumexp", three, [](auto& x) { return logsumexp(x[0], {1}); });
  check("cumsum", three, [](auto& x) { return cumsum(x[0], 1); });
  check("var", three, [](auto& x) { return var(x[0], {1}); });

  fmt::print("\nProducts:\n");
  check("matmul", {random({2, 3}, 1), random({3, 4}, 2)},
        [](auto& x) { return matmul(x[0], x[1]); });
  check("matmul", {random({5, 2, 3}, 1), random({3, 4}, 2)},
        [](auto& x) { return matmul(x[0], x[1]); });
  check("matmul", {random({5, 2, 3}, 1), random({5, 3, 4}, 2)},
        [](auto& x) { return matmul(x[0], x[1]); });
  check("linear", {random({2, 3}, 1), random({4, 3}, 2), random({4}, 3)},
        [](auto& x) { return linear(x[0], x[1], x[2]); });

  fmt::print("\nMoved, not changed:\n");
  check("reshape", one, [](auto& x) { return reshape(x[0], {6}); });
  check("transpose", one, [](auto& x) { return transpose(x[0]); });
  check("slice", three, [](auto& x) { return slice(x[0], 1, 1, 3); });
  check("select", three, [](auto& x) { return select(x[0], 1, 2); });
  check("concatenate", {random({2, 3}, 1), random({2, 1}, 2)},
        [](auto& x) { return concatenate(x, 1); });
  check("stack", {random({2, 3}, 1), random({2, 3}, 2)}, [](auto& x) { return stack(x); });
  check("embedding", {random({5, 3}, 1)}, [](auto& x) { return embedding(x[0], texts); });
  check("gather", one, [](auto& x) { return gather(x[0], 1, {{2, 2}, {0, 1}}); });
  check("index_select", one, [](auto& x) { return index_select(x[0], 1, {2, 0, 2}); });

  fmt::print("\nRows of scores:\n");
  const std::vector<Tensor> scores{random({3, 4}, 1)};
  check("softmax", scores, [](auto& x) { return softmax(x[0]); });
  check("  masked", scores, [](auto& x) { return softmax(x[0], {1, 0, 1, 1}); });
  check("log_softmax", scores, [](auto& x) { return log_softmax(x[0]); });
  check("layer_norm", {random({3, 4}, 1), random({4}, 2), random({4}, 3)},
        [](auto& x) { return layer_norm(x[0], x[1], x[2]); });
  check("cross_entropy", scores, [](auto& x) { return cross_entropy(x[0], {3, 0, 1}); });
  check("  smoothed", scores, [](auto& x) {
    return cross_entropy(x[0], {3, 0, 1}, {.label_smoothing = 0.1});
  });
  check("  one ignored", scores, [](auto& x) { return cross_entropy(x[0], {3, -100, 1}); });
  check("mse_loss", {random({2, 3}, 1), random({2, 3}, 2)},
        [](auto& x) { return mse_loss(x[0], x[1]); });
  check("binary_cross_entropy", {random({2, 3}, 1), random({2, 3}, 2)},
        [](auto& x) { return binary_cross_entropy(x[0], x[1]); });

  fmt::print("\nJacobians, written down and measured:\n");
  const Tensor x{0.3, -1.2, 0.8, 0.1};
  const Tensor p = softmax(constant(x)).value(), y = sigmoid(constant(x)).value();
  const auto same = [](std::size_t i, std::size_t j) { return i == j ? 1. : 0.; };
  const double mean_of_x = mean(constant(x)).item();
  check_formula("sigmoid: [i = j] y_i (1 - y_i)",
                jacobian([](auto& at) { return sigmoid(constant(at)).value(); }, x),
                [&](auto i, auto j) { return same(i, j) * y(i) * (1 - y(i)); });
  check_formula("var: 2 (x_j - mean) / (n - 1)",
                jacobian([](auto& at) { return var(constant(at)).value(); }, x),
                [&](auto, auto j) { return 2 * (x(j) - mean_of_x) / 3; });
  check_formula("softmax: p_i ([i = j] - p_j)",
                jacobian([](auto& at) { return softmax(constant(at)).value(); }, x),
                [&](auto i, auto j) { return p(i) * (same(i, j) - p(j)); });
  check_formula("log_softmax: [i = j] - p_j",
                jacobian([](auto& at) { return log_softmax(constant(at)).value(); }, x),
                [&](auto i, auto j) { return same(i, j) - p(j); });
  check_formula(
      "cross_entropy with target 2: p_j - [j = 2]",
      jacobian([](auto& at) { return Tensor(cross_entropy(constant(at), Indices(2)).value()); }, x),
      [&](auto, auto j) { return p(j) - same(j, 2); });
  check_formula(
      "the same, smoothed by 0.1: p_j - 0.025 - 0.9 [j = 2]",
      jacobian(
          [](auto& at) {
            return Tensor(
                cross_entropy(constant(at), Indices(2), {.label_smoothing = 0.1}).value());
          },
          x),
      [&](auto, auto j) { return p(j) - 0.025 - 0.9 * same(j, 2); });

  keep("jacobians.tsv", jacobians());
}
