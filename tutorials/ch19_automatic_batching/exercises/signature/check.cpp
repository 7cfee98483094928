#include "expect.hpp"

#include "autograd/batching/signature.hpp"
#include "autograd/batching/together.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"

using namespace tapestry;

namespace {

const char* const op = "op";
Caller here() { return Caller::here(); }

Operand rows_of(std::size_t rows, std::size_t width) {
  return constant(random({rows, width}, rows));
}

void expect_same(const std::string& what, const Signature& a, const Signature& b) {
  expect(what, a == b, "the signatures differ: they would not run together");
}
void expect_other(const std::string& what, const Signature& a, const Signature& b) {
  expect(what, !(a == b), "the signatures are equal: one call would serve both");
}

// Of a tensor of this size, with a result of the same size.
Signature of_rows(std::size_t rows, std::size_t width) {
  const Operand x = rows_of(rows, width);
  return Signature({.op = op, .at = here(), .shape = x.shape(), .stacked = {x}});
}
Signature to_width(std::size_t width) {
  const Operand x = rows_of(2, 3);
  return Signature({.op = op, .at = here(), .shape = {2, width}, .stacked = {x}});
}
Signature of_two(std::size_t first, std::size_t second) {
  const Operand first_rows = rows_of(2, first), second_rows = rows_of(2, second);
  return Signature({.op = op, .at = here(), .shape = {2, 1}, .stacked = {first_rows, second_rows}});
}
Signature sharing(const Var& w, const Var& b) {
  const Operand x = rows_of(2, 3);
  return Signature({.op = op, .at = here(), .shape = {2, 3}, .stacked = {x}, .shared = {&w, &b}});
}
Signature set_to(double first, double second) {
  const Operand x = rows_of(2, 3);
  return Signature(
      {.op = op, .at = here(), .shape = {2, 3}, .stacked = {x}, .settings = {first, second}});
}

} // namespace

STEP("rows do not count") {
  expect_same("(1, 3) and (4, 3)", of_rows(1, 3), of_rows(4, 3));
  const Operand vector = constant(random({3}, 1));
  expect_same("(3) and (4, 3)",
              Signature({.op = op, .at = here(), .shape = {3}, .stacked = {vector}}),
              of_rows(4, 3));
}

STEP("widths count") {
  expect_other(
      "sums of (2, 3) and of (2, 4)",
      [] {
        const Operand x = rows_of(2, 3);
        return Signature({.op = op, .at = here(), .shape = {}, .stacked = {x}});
      }(),
      [] {
        const Operand x = rows_of(2, 4);
        return Signature({.op = op, .at = here(), .shape = {}, .stacked = {x}});
      }());
  expect_other("results of widths 3 and 4", to_width(3), to_width(4));
}

STEP("the width of each tensor counts") {
  expect_same("widths 2 and 3, twice", of_two(2, 3), of_two(2, 3));
  expect_other("widths 2 and 3, and widths 2 and 4", of_two(2, 3), of_two(2, 4));
  expect_other("widths 2 and 3, and widths 3 and 2", of_two(2, 3), of_two(3, 2));
}

STEP("what is shared counts") {
  const Var w = variable(random({3, 3}, 1)), b = variable(random({3}, 2));
  const Var twin = variable(w.value()), other = variable(b.value());
  expect_other("weights W and V of the same numbers", sharing(w, b), sharing(twin, b));
  expect_other("the same weights and another bias", sharing(w, b), sharing(w, other));
  const Var again = w; // another handle on the same variable
  expect_same("two handles on W", sharing(w, b), sharing(again, b));
}

STEP("settings count") {
  expect_same("0 and 2, twice", set_to(0, 2), set_to(0, 2));
  expect_other("0 and 2, and 1 and 2", set_to(0, 2), set_to(1, 2));
  expect_other("0 and 2, and 0 and 3", set_to(0, 2), set_to(0, 3));
  expect_other("0 and 2, and 2 and 0", set_to(0, 2), set_to(2, 0));
  expect_other("0.25 and 0.5", set_to(0, 0.25), set_to(0, 0.5));
}

STEP("a use: examples that run together") {
  const Var w = variable(random({4, 3}, 1), "w"), v = variable(random({4, 3}, 2), "v"),
            table = variable(random({5, 3}, 3), "table");
  const auto program = [&](std::size_t i) {
    Var x = embedding(table, ids_from(std::vector<int>(1 + i, static_cast<int>(i))));
    const Var y = linear(x, i % 2 ? v : w); // (1 + i, 4)
    return sum(tanh(slice(y, -1, i % 2, 2 + i % 2)) * (i < 2 ? 2.0 : 3.0));
  };
  TogetherCounts counts;
  const std::vector<Var> together = run_together(4, program, {.counts = &counts});
  for (std::size_t i = 0; i < 4; ++i)
    expect_equal("example " + std::to_string(i), together[i].item(), program(i).item());
  // the lookup, two products, two slices, tanh, two factors, and the sum
  expect_equal("calls", static_cast<double>(counts.calls + counts.alone), 9);
}
