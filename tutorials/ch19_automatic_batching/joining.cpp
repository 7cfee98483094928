// What lies on the tape when three examples run together, and what is copied.
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "autograd/batching/together.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

namespace {

using Records = std::map<std::string, int>;

// One line a record; equal ones that follow each other share a line.
void print_tape(const Tape& tape) {
  for (std::size_t i = 0; i < tape.size();) {
    const std::string op = tape.line(i).op;
    std::string shapes;
    for (; i < tape.size() && tape.line(i).op == op; ++i)
      shapes += " " + to_string(tape.line(i).output.shape());
    fmt::print("  {:<10}{}\n", op, shapes);
  }
}

Records records_of(const Tape& tape) {
  Records n;
  for (std::size_t i = 0; i < tape.size(); ++i) ++n[tape.line(i).op];
  return n;
}

} // namespace

int main() {
  Rng rng(1);
  const Var w = variable(normal({3, 3}, 0, 1, rng), "W");
  const std::vector<Var> x = {constant(normal({2, 3}, 0, 1, rng)),
                              constant(normal({1, 3}, 0, 1, rng)),
                              constant(normal({3, 3}, 0, 1, rng))};
  //> program
  // All take `steps` steps, but for example 1, which takes `of_one`.
  const auto program = [&](std::size_t steps, std::size_t of_one) {
    return [&, steps, of_one](std::size_t i) {
      Var h = x[i];
      for (std::size_t t = 0; t < (i == 1 ? of_one : steps); ++t) h = tanh(linear(h, w));
      return h;
    };
  };
  //< program
  {
    fmt::print("One step, of 2, 1 and 3 rows, and the sum of the last:\n");
    Tape tape;
    const std::vector<Var> h = run_together(3, program(1, 1));
    sum(h[2]);
    print_tape(tape);
  }
  {
    fmt::print("\nThree steps, where example 1 ends after one:\n");
    Tape tape;
    run_together(3, program(3, 1));
    print_tape(tape);
  }

  fmt::print("\nRecords of forty steps:\n");
  Records alone, together;
  {
    Tape tape;
    for (std::size_t i = 0; i < 3; ++i) program(40, 40)(i);
    alone = records_of(tape);
  }
  {
    Tape tape;
    run_together(3, program(40, 40));
    together = records_of(tape);
  }
  fmt::print("  {:<10}{:>12}{:>12}\n", "", "one by one", "together");
  for (const char* op : {"linear", "tanh", "join", "cut"})
    fmt::print("  {:<10}{:>12}{:>12}\n", op, alone[op], together[op]);
}
