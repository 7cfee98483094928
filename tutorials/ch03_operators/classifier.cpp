// The running example: every value, every gradient, one entry of each by hand, and all measured.
#include <cmath>
#include <string>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "classifier.hpp"
#include "drawing.hpp"
#include "keep.hpp"
#include "slopes.hpp"

using namespace tapestry;

namespace {

// One line a row; where there are three axes, the rows of one matrix stand side by side.
void show(const char* name, const Tensor& x) {
  const std::size_t lines = x.dimension() < 2 ? 1 : x.shape()[0], n = x.size() / lines;
  const std::size_t last = x.dimension() == 0 ? 1 : x.shape().back();
  for (std::size_t i = 0; i < lines; ++i) {
    fmt::print("  {:<9} {:<10}", i ? "" : name, i ? "" : to_string(x.shape()));
    for (std::size_t j = 0; j < n; ++j)
      fmt::print("{}{:>8.4f}", j && j % last == 0 ? "  |" : "", x.data()[i * n + j] + 0.0);
    fmt::print("\n");
  }
}

void compare(const char* name, const Tensor& from_the_tape, const Tensor& measured) {
  std::size_t agree = 0;
  for (std::size_t i = 0; i < measured.size(); ++i)
    agree += std::abs(from_the_tape.data()[i] - measured.data()[i]) < 1e-9;
  fmt::print("  {:<9} {:<10} {:>2} of {:>2} entries\n", name, to_string(measured.shape()), agree,
             measured.size());
}

// What arrives at the sum of a matrix and a row, and what goes to each of them.
std::string sum_figure(const Tensor& d_logits, const Tensor& d_bias) {
  const auto by_row = [](std::size_t i, std::size_t) { return i + 1; };
  return cells(d_logits, 0, 3, by_row) + cells(d_logits, 7, 3, by_row) +
         cells(reshaped(d_bias, {1, 4}), 0, 0, [](auto, auto) { return 3; });
}

// The gradients of the rows that were looked up, and of the table's rows.
std::string scatter_figure(const Tensor& d_words, const Tensor& d_table) {
  const int colors[] = {1, 0, 0, 2, 3}; // of sun, rain, leaf, snow, sea
  const auto of_word = [&](std::size_t i, std::size_t) {
    return colors[static_cast<std::size_t>(texts.data()[i])];
  };
  return cells(reshaped(d_words, {4, 3}), 0, 3.5, of_word) +
         cells(d_table, 7, 4, [&](std::size_t v, std::size_t) { return colors[v]; });
}

} // namespace

int main() {
  const Classifier c;
  //> forward
  Tape tape;
  Var words = embedding(c.table, texts);     // (5, 3)          -> (2, 2, 3)
  Var means = mean(words, {1});              // (2, 2, 3)       -> (2, 3)
  Var hidden = sigmoid(means);               // (2, 3)          -> (2, 3)
  Var products = matmul(hidden, c.weight);   // (2, 3) x (3, 4) -> (2, 4)
  Var logits = products + c.bias;            // (2, 4) + (4)    -> (2, 4)
  Var loss = cross_entropy(logits, seasons); // (2, 4)          -> ()
  //< forward
  tape.backward(loss);

  fmt::print("Forwards:\n");
  show("words", words.value());
  show("means", means.value());
  show("hidden", hidden.value());
  show("products", products.value());
  show("logits", logits.value());
  show("loss", loss.value());

  fmt::print("\nThe gradient of the loss with respect to\n");
  show("logits", logits.grad());
  show("bias", c.bias.grad());
  show("products", products.grad());
  show("weight", c.weight.grad());
  show("hidden", hidden.grad());
  show("means", means.grad());
  show("words", words.grad());
  show("table", c.table.grad());

  // One entry of each, by hand, from what arrives.
  const Tensor &h = hidden.value(), &w = c.weight.value(), &z = logits.value();
  const Tensor &d_logits = logits.grad(), &d_products = products.grad(), &d_hidden = hidden.grad(),
               &d_means = means.grad(), &d_words = words.grad();
  fmt::print("\nmeans, entry (0, 0): the slope, times what arrives at hidden\n");
  fmt::print("  {:.4f} (1 - {:.4f}) ({:.4f}) = {:.4f}\n", h(0, 0), h(0, 0), d_hidden(0, 0),
             h(0, 0) * (1 - h(0, 0)) * d_hidden(0, 0));
  fmt::print("\nbias, entry 1: column 1 of what arrives at logits, summed\n");
  fmt::print("  {:.4f} + {:.4f} = {:.4f}\n", d_logits(0, 1), d_logits(1, 1),
             d_logits(0, 1) + d_logits(1, 1));
  fmt::print("\nwords, entries (0, 0, 0) and (0, 1, 0): half of what arrives at means\n");
  fmt::print("  {:.4f} / 2 = {:.4f}\n", d_means(0, 0), d_means(0, 0) / 2);
  fmt::print("\nhidden, entry (0, 0): row 0 of what arrives at products, times row 0 of weight\n ");
  double total = 0;
  for (std::size_t j = 0; j < 4; ++j) {
    fmt::print("{} ({:.4f}) ({:.0f})", j ? " +" : "", d_products(0, j), w(0, j));
    total += d_products(0, j) * w(0, j);
  }
  fmt::print(" = {:.4f}\n", total);
  fmt::print("\nweight, entry (0, 1): column 0 of hidden, times column 1 of what arrives\n");
  fmt::print("  {:.4f} ({:.4f}) + {:.4f} ({:.4f}) = {:.4f}\n", h(0, 0), d_products(0, 1), h(1, 0),
             d_products(1, 1), h(0, 0) * d_products(0, 1) + h(1, 0) * d_products(1, 1));
  fmt::print("\ntable, entry (0, 0): sun, from both texts\n");
  fmt::print("  {:.4f} + {:.4f} = {:.4f}\n", d_words(0, 0, 0), d_words(1, 0, 0),
             d_words(0, 0, 0) + d_words(1, 0, 0));
  double sum_of_exp = 0;
  for (std::size_t j = 0; j < 4; ++j) sum_of_exp += std::exp(z(0, j));
  fmt::print("\nlogits, row 0: softmax, minus the target, divided by 2 rows\n");
  for (std::size_t j = 0; j < 4; ++j) {
    const double p = std::exp(z(0, j)) / sum_of_exp;
    const int target = j == 1 ? 1 : 0;
    fmt::print("  ({:.4f} - {}) / 2 = {:>7.4f}\n", p, target, (p - target) / 2);
  }

  fmt::print("\nAgainst central differences:\n");
  const Var weight = constant(w);
  //> measured
  const auto from_logits = [](const Tensor& x) {
    return cross_entropy(constant(x), seasons).item();
  };
  compare("logits", logits.grad(), slopes(from_logits, z));
  const auto from_products = [&](const Tensor& x) { return from_logits(x + c.bias.value()); };
  compare("products", products.grad(), slopes(from_products, products.value()));
  const auto from_hidden = [&](const Tensor& x) {
    return from_products(matmul(constant(x), weight).value());
  };
  compare("hidden", hidden.grad(), slopes(from_hidden, h));
  //< measured
  const auto from_means = [&](const Tensor& x) {
    return from_hidden(sigmoid(constant(x)).value());
  };
  compare("means", means.grad(), slopes(from_means, means.value()));
  const auto from_words = [&](const Tensor& x) {
    return from_means(mean(constant(x), {1}).value());
  };
  compare("words", words.grad(), slopes(from_words, words.value()));
  const auto from_table = [&](const Tensor& x) {
    return from_words(embedding(constant(x), texts).value());
  };
  compare("table", c.table.grad(), slopes(from_table, c.table.value()));
  const auto from_bias = [&](const Tensor& x) { return from_logits(products.value() + x); };
  compare("bias", c.bias.grad(), slopes(from_bias, c.bias.value()));
  const auto from_weight = [&](const Tensor& x) {
    return from_products(matmul(constant(h), constant(x)).value());
  };
  compare("weight", c.weight.grad(), slopes(from_weight, w));

  keep("classifier.dot", tape.to_dot());
  keep("sum.tsv", sum_figure(logits.grad(), c.bias.grad()));
  keep("scatter.tsv", scatter_figure(words.grad(), c.table.grad()));
  keep("classifier.json", nlohmann::json{{"loss", fmt::format("{:.4f}", loss.item())},
                                         {"summer", fmt::format("{:.4f}", z(0, 1))}}
                                  .dump(1) +
                              "\n");
}
