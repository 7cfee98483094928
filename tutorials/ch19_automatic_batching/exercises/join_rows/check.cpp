#include "expect.hpp"

#include <cstring>

#include "autograd/batching/joined_rows.hpp"
#include "autograd/batching/together.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

namespace {

Var join(const std::vector<Var>& parts) {
  std::vector<const Var*> all;
  for (const Var& part : parts) all.push_back(&part);
  return JoinedRows::join(all, JoinedRows::width(parts[0].shape()), Caller::here());
}
Var cut(const Var& x, std::size_t first, const Shape& shape) {
  return JoinedRows::cut(x, first, shape);
}
// Numbers 0, 1, 2 ..., row by row.
Var counted(const Shape& shape, const std::string& name = "") {
  Tensor x = zeros(shape);
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<real>(i);
  return name.empty() ? constant(x) : variable(x, name);
}
void expect_is(const std::string& what, const Var& got, const Var& wanted, bool is) {
  expect(what, (got.identity() == wanted.identity()) == is,
         is ? "it is another matrix, which was copied" : "it is the matrix itself");
}

} // namespace

STEP("rows of tensors that nobody cut out") {
  expect_equal("(2, 2), (2) and (1, 2)",
               join({constant({{1, 2}, {3, 4}}), constant({5, 6}), constant({{7, 8}})}).value(),
               {{1, 2}, {3, 4}, {5, 6}, {7, 8}});
  expect_equal("scalars", join({constant(3), constant(5)}).value(), tensor({2, 1}, {3, 5}));
}

STEP("all rows of a matrix are that matrix") {
  const Var x = counted({4, 2});
  expect_is("rows 0, 1 to 2, and 3", join({cut(x, 0, {2}), cut(x, 1, {2, 2}), cut(x, 3, {1, 2})}),
            x, true);
  expect_is("all rows at once", join({cut(x, 0, {4, 2})}), x, true);
}

STEP("others are not") {
  const Var x = counted({4, 2}), twin = counted({4, 2});
  const std::vector<Var> fewer{cut(x, 0, {2, 2}), cut(x, 2, {2})}, later{cut(x, 1, {3, 2})},
      turned{cut(x, 2, {2, 2}), cut(x, 0, {2, 2})}, twice{cut(x, 0, {2, 2}), cut(x, 0, {2, 2})},
      mixed{cut(x, 0, {2, 2}), cut(twin, 2, {2, 2})},
      half{cut(x, 0, {2, 2}), constant({{4, 5}, {6, 7}})};
  expect_is("rows 0 to 2 of 4", join(fewer), x, false);
  expect_equal("rows 0 to 2 of 4", join(fewer).value(), {{0, 1}, {2, 3}, {4, 5}});
  expect_is("rows 1 to 3 of 4", join(later), x, false);
  expect_equal("rows 1 to 3 of 4", join(later).value(), {{2, 3}, {4, 5}, {6, 7}});
  expect_is("rows 2 and 3, then 0 and 1", join(turned), x, false);
  expect_equal("rows 2 and 3, then 0 and 1", join(turned).value(),
               {{4, 5}, {6, 7}, {0, 1}, {2, 3}});
  expect_is("rows 0 and 1, twice", join(twice), x, false);
  expect_equal("rows 0 and 1, twice", join(twice).value(), {{0, 1}, {2, 3}, {0, 1}, {2, 3}});
  expect_is("two rows each of two matrices", join(mixed), x, false);
  expect_is("two rows of a matrix, and two of none", join(half), x, false);
}

STEP("where the gradient goes") {
  const Var x = variable({{1, 2}}, "x"), y = variable({{3, 4}, {5, 6}}, "y");
  const Var plain = constant({{0, 0}});
  Tape tape;
  tape.backward(join({y, plain, x}), {{10, 20}, {30, 40}, {50, 60}, {70, 80}});
  expect_equal("y, the first of y, a constant, x", y.grad(), {{10, 20}, {30, 40}});
  expect_equal("x, the last of them", x.grad(), {{70, 80}});
}

STEP("back to the rows that a part was cut from") {
  const Var x = counted({4, 2}, "x");
  Tape tape;
  const Var rows = tanh(x);
  const Var slope = constant(Tensor(1 - square(rows).value()));
  const Var y = join({cut(rows, 3, {1, 2}), cut(rows, 0, {2, 2})});
  tape.backward(y, {{10, 20}, {30, 40}, {50, 60}});
  const Tensor wanted = (slope * constant({{30, 40}, {50, 60}, {0, 0}, {10, 20}})).value();
  expect_equal("rows 3, 0 and 1 of tanh(x)", x.grad(), wanted);
}

STEP("it adds") {
  const Var x = variable({{1, 2}, {3, 4}}, "x");
  Tape tape;
  const Var y = join({x, cut(x, 1, {2}), x, cut(x, 0, {2})});
  tape.backward(y, {{1, 2}, {3, 4}, {10, 20}, {100, 200}, {300, 400}, {1000, 2000}});
  expect_equal("x, its row 1, x, its row 0", x.grad(), {{1101, 2202}, {313, 424}});
}

STEP("what is recorded") {
  const Var x = counted({3, 2}, "x"), z = variable({{1, 2}}, "z"), plain = constant({{1, 2}});
  {
    Tape tape;
    join({plain, cut(plain, 0, {2}), plain});
    expect_equal("records of parts that need no gradient", static_cast<double>(tape.size()), 0);
  }
  Tape tape;
  const std::vector<Var> parts{cut(x, 2, {2}), z, cut(x, 0, {2}), plain};
  const std::size_t before = tape.size();
  const Var y = join(parts);
  expect_equal("records of a row of x, z, a row of x, and a constant",
               static_cast<double>(tape.size() - before), 1);
  const Tape::Line line = tape.line(before);
  expect("the record's name", std::strcmp(line.op, "join") == 0,
         std::string("it is \"") + line.op + "\"");
  const Var wanted[] = {x, z, plain};
  expect_equal("its inputs", static_cast<double>(line.inputs.size()), 3);
  for (std::size_t i = 0; i < 3; ++i)
    expect("input " + std::to_string(i), line.inputs[i].identity() == wanted[i].identity(),
           "expected x, z and the constant, each once: where the gradient goes");
  tape.backward(y, {{1, 2}, {3, 4}, {5, 6}, {7, 8}});
  expect_equal("the gradient of x", x.grad(), {{5, 6}, {0, 0}, {1, 2}});
  expect("the gradient of the constant", !plain.has_grad(), "nobody wants it");
}

STEP("the gradients") {
  expect_gradients(
      "a matrix by its rows in another order, and another one in between",
      [](const Var& x, const Var& z) {
        const Var rows = tanh(x);
        return join({cut(rows, 2, {2, 3}), z, cut(rows, 0, {1, 3}), cut(rows, 2, {3})});
      },
      {{random({4, 3}, 1), "x"}, {random({2, 3}, 2), "z"}});
}

STEP("a use: examples that run together") {
  const Var x = counted({6, 2}, "x");
  const auto gradient = [&](bool together) {
    x.zero_grad();
    Tape tape;
    const Var rows = tanh(0.1 * x);
    const auto program = [&](std::size_t i) { // some take a step more
      Var h = slice(rows, 0, 2 * i, 2 * i + 1 + i % 2);
      for (std::size_t t = 0; t <= i; ++t) h = tanh(h * h + 0.3);
      return h;
    };
    std::vector<Var> y;
    if (together)
      y = run_together(3, program);
    else
      for (std::size_t i = 0; i < 3; ++i) y.push_back(program(i));
    tape.backward(concatenate(y, 0), {{1, 2}, {3, 4}, {5, 6}, {7, 8}});
    return x.grad();
  };
  expect_equal("the gradient of what they share", gradient(true), gradient(false));
}
