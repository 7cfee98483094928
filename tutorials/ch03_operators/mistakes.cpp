// Pull-backs that are wrong, and what comes out of them.
#include <sstream>
#include <string>
#include <utility>

#include <fmt/ranges.h>

#include "autograd/base/error.hpp"
#include "autograd/base/product.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"
#include "classifier.hpp"
#include "slopes.hpp"

using namespace tapestry;

namespace {

//> not-summed
Var add_not_summed(const Operand& a, const Operand& b) {
  Var y{a.value() + b.value()};
  return record("add_not_summed", y, {a, b}, [a, b, y] {
    a.grad() += y.grad();
    b.grad() += y.grad(); // (4) += (2, 4)
  });
}
//< not-summed

//> one-row
Var add_one_row(const Operand& a, const Operand& b) {
  Var y{a.value() + b.value()};
  return record("add_one_row", y, {a, b}, [a, b, y] {
    a.grad() += y.grad();
    for (std::size_t j = 0; j < b.value().size(); ++j) b.grad()(j) += y.grad()(0, j);
  });
}
//< one-row

//> erasing
Var embedding_erasing(const Operand& table, const Indices& ids) {
  Var y{embedding(constant(table.value()), ids).value()};
  return record("embedding_erasing", y, {table}, [table, ids, y] {
    for (std::size_t i = 0; i < ids.shape()[0]; ++i)
      for (std::size_t k = 0; k < ids.shape()[1]; ++k)
        for (std::size_t j = 0; j < table.shape()[1]; ++j)
          table.grad()(ids(i, k), j) = y.grad()(i, k, j); // where += belongs
  });
}
//< erasing

//> not-transposed
Var matmul_not_transposed(const Operand& a, const Operand& b) { // both (n, n)
  Var y = matmul(constant(a.value()), constant(b.value()));
  return record("matmul_not_transposed", y, {a, b}, [a, b, y] {
    a.grad() += matmul(constant(y.grad()), constant(b.value())).value(); // dY B
    b.grad() += matmul(constant(a.value()), constant(y.grad())).value(); // A dY
  });
}
//< not-transposed

// In lines of at most 88 characters.
std::string wrapped(const std::string& text) {
  std::string lines, line = " ", word;
  for (std::istringstream words(text); words >> word; line += " " + word)
    if (line.size() + word.size() > 88) lines += std::exchange(line, "   ") + "\n";
  return lines + line + "\n";
}

using Add = Var (*)(const Operand&, const Operand&);
using Lookup = Var (*)(const Operand&, const Indices&);

Var right_sum(const Operand& a, const Operand& b) { return a + b; }

Var loss_of(const Classifier& c, Lookup look_up, Add add) {
  const Var hidden = sigmoid(mean(look_up(c.table, texts), {1}));
  return cross_entropy(add(matmul(hidden, c.weight), c.bias), seasons);
}

void show(const char* name, const Tensor& x) {
  fmt::print("  {:<22}", name);
  for (real v : x) fmt::print("{:>9.4f}", v);
  fmt::print("\n");
}

Tensor bias_gradient(Add add) {
  const Classifier c;
  Tape tape;
  tape.backward(loss_of(c, embedding, add));
  return c.bias.grad();
}

Tensor table_gradient(Lookup look_up) {
  const Classifier c;
  Tape tape;
  tape.backward(loss_of(c, look_up, right_sum));
  return c.table.grad();
}

// Gradient descent on the table alone; the loss before step 0, 10, 20, ...
std::string descent(Lookup look_up) {
  Classifier c;
  std::string losses;
  for (int step = 0; step <= 40; ++step) {
    c.table.zero_grad();
    Tape tape;
    const Var loss = loss_of(c, look_up, right_sum);
    tape.backward(loss);
    c.table.value() -= 5 * c.table.grad();
    if (step % 10 == 0) losses += fmt::format("{:>9.4f}", loss.item());
  }
  return losses;
}

} // namespace

int main() {
  fmt::print("A bias, added to two rows. Its gradient:\n");
  const Classifier c;
  show("+", bias_gradient(right_sum));
  show("add_one_row", bias_gradient(add_one_row));
  show("measured", slopes(
                       [&](const Tensor& x) {
                         Classifier moved;
                         moved.bias.value() = x;
                         return loss_of(moved, embedding, right_sum).item();
                       },
                       c.bias.value()));

  fmt::print("\nadd_not_summed:\n");
  try {
    show("add_not_summed", bias_gradient(add_not_summed));
  } catch (const ShapeError& error) {
    fmt::print("{}", wrapped(error.what()));
  }

  fmt::print("\nThe word sun stands in both texts. The gradient of its row:\n");
  const auto sun = [](const Tensor& x) { return Tensor{x(0, 0), x(0, 1), x(0, 2)}; };
  show("embedding", sun(table_gradient(embedding)));
  show("embedding_erasing", sun(table_gradient(embedding_erasing)));
  show("measured", sun(slopes(
                       [&](const Tensor& x) {
                         Classifier moved;
                         moved.table.value() = x;
                         return loss_of(moved, embedding, right_sum).item();
                       },
                       c.table.value())));

  fmt::print("\nThe loss after 0, 10, 20, 30 and 40 steps on the table:\n");
  fmt::print("  {:<22}{}\n", "embedding", descent(embedding));
  fmt::print("  {:<22}{}\n", "embedding_erasing", descent(embedding_erasing));

  fmt::print("\nA square product. The gradient of its left matrix, row by row:\n");
  const Var a = variable({{1, 2}, {0, 1}}), b = variable({{1, 3}, {-1, 2}}),
            right = variable(a.value());
  const Tensor arrives{{1, 10}, {-2, 5}};
  {
    Tape tape;
    tape.backward(matmul_not_transposed(a, b), arrives);
  }
  {
    Tape tape;
    tape.backward(matmul(right, b), arrives);
  }
  show("matmul", right.grad());
  show("matmul_not_transposed", a.grad());
  show("measured", slopes(
                       [&](const Tensor& x) {
                         const Tensor y = matmul(constant(x), constant(b.value())).value();
                         return Tensor(xt::sum(y * arrives))();
                       },
                       a.value()));
}
