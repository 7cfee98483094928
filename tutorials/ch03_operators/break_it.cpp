// Answers to the questions of `Break it`: the classifier with other texts, and a bias that
// averages.
#include <string>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"
#include "classifier.hpp"

using namespace tapestry;

namespace {

using Add = Var (*)(const Operand&, const Operand&);

Var right_sum(const Operand& a, const Operand& b) { return a + b; }

Var add_mean_row(const Operand& a, const Operand& b) {
  Var y{a.value() + b.value()};
  return record("add_mean_row", y, {a, b}, [a, b, y] {
    a.grad() += y.grad();
    b.grad() += xt::mean(y.grad(), {0});
  });
}

Var loss_of(const Classifier& c, const Indices& ids, Add add) {
  const Var hidden = sigmoid(mean(embedding(c.table, ids), {1}));
  return cross_entropy(add(matmul(hidden, c.weight), c.bias), seasons);
}

std::string text_of_row(const Tensor& x, std::size_t i) {
  std::string line;
  for (std::size_t j = 0; j < x.shape()[1]; ++j) line += fmt::format("{:>9.4f}", x(i, j) + 0.0);
  return line;
}

void show_rows(const char* title, const Indices& ids) {
  const Classifier c;
  Tape tape;
  const Var loss = loss_of(c, ids, right_sum);
  tape.backward(loss);
  fmt::print("{}\n", title);
  for (std::size_t i = 0; i < 5; ++i)
    fmt::print("  row {}  {}\n", i, text_of_row(c.table.grad(), i));
  fmt::print("\n");
}

void descend(const char* name, Add add) {
  Classifier c;
  fmt::print("  {:<14}", name);
  for (int step = 0; step <= 40; ++step) {
    c.bias.zero_grad();
    Tape tape;
    const Var loss = loss_of(c, texts, add);
    tape.backward(loss);
    if (step % 10 == 0) fmt::print("{:>9.4f}", loss.item());
    c.bias.value() -= 0.5 * c.bias.grad();
  }
  fmt::print("\n");
}

} // namespace

int main() {
  show_rows("The table's gradient with \"sun sea\" and \"sun sun\"", {{0, 4}, {0, 0}});
  show_rows("Twice \"sun sun\"", {{0, 0}, {0, 0}});

  fmt::print("The loss after 0, 10, 20, 30 and 40 steps on the bias\n");
  descend("+", right_sum);
  descend("add_mean_row", add_mean_row);
}
