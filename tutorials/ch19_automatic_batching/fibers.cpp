// Programs that take turns on one thread: each has a stack of its own and stops where it likes.
#include <deque>
#include <string>
#include <vector>

#include <fmt/ranges.h>

#include "autograd/batching/fiber.hpp"
#include "autograd/batching/together.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "text/corpora/arithmetic.hpp"

using namespace tapestry;

namespace {

const std::vector<std::vector<std::string>> sentences = {
    {"birds", "fly"}, {"wait"}, {"the", "cat", "sees", "a", "bird"}};

std::vector<std::string> said; // since the last line

void print_said(const std::string& begin) {
  fmt::print("  {}{}\n", begin, fmt::join(said, "   "));
  said.clear();
}

//> rounds
// Lets all go on in turn, until all have ended.
void run_in_turn(std::deque<Fiber>& fibers) {
  for (int round = 1;; ++round) {
    bool any = false;
    for (Fiber& fiber : fibers)
      if (!fiber.ended()) any = true, fiber.resume();
    if (!any) return;
    print_said(fmt::format("round {}   ", round));
  }
}
//< rounds

//> visit
// An ordinary recursion, but for one line.
int visit(const ArithmeticTree& tree, std::size_t i, Fiber& self) {
  const ArithmeticNode& node = tree.nodes[i];
  int value = node.digit;
  for (std::size_t k = 0; k < node.arguments.size(); ++k) {
    const int other = visit(tree, node.arguments[k], self);
    value = k == 0                             ? other
            : node.kind == ArithmeticKind::max ? std::max(value, other)
                                               : std::min(value, other);
  }
  said.push_back(std::to_string(value));
  self.suspend(); // in the middle of it
  return value;
}
//< visit

} // namespace

int main() {
  fmt::print("Three readers:\n");
  {
    //> readers
    std::deque<Fiber> fibers;
    for (std::size_t i = 0; i < sentences.size(); ++i)
      fibers.emplace_back(std::size_t{256} << 10, [&fibers, i] { // its stack: 256 KB
        for (const std::string& word : sentences[i]) {
          said.push_back(fmt::format("{}: {}", "abc"[i], word));
          fibers[i].suspend(); // the others' turn
        }
        said.push_back(fmt::format("{}: ends", "abc"[i]));
      });
    run_in_turn(fibers);
    //< readers
  }

  fmt::print("\nTwo trees:\n");
  {
    const ArithmeticTree trees[] = {parse_arithmetic("max(3, min(7, 2), 5)"),
                                    parse_arithmetic("min(max(1, 4), 6)")};
    std::deque<Fiber> fibers;
    for (const ArithmeticTree& tree : trees) {
      const std::size_t own = fibers.size();
      fibers.emplace_back(std::size_t{256} << 10, [&fibers, &tree, own] {
        visit(tree, tree.nodes.size() - 1, fibers[own]);
      });
    }
    run_in_turn(fibers);
  }

  fmt::print("\nOperators instead of suspend():\n");
  const Var w = variable({{0.5, -1}, {1, 0.5}}, "w");
  TogetherCounts counts;
  //> together
  const auto program = [&](std::size_t i) {
    Var h = constant({{1, 0}});
    for (const std::string& word : sentences[i]) {
      said.push_back(fmt::format("{}: {}", "abc"[i], word));
      h = tanh(linear(h, w)); // here the others have their turn, twice
    }
    return sum(h).item();
  };
  const std::vector<real> sums = run_together(3, program, {.counts = &counts});
  //< together
  print_said("");
  fmt::print("  sums {:.4f}\n", fmt::join(sums, " "));
  fmt::print("  {} operators in {} calls\n", counts.operators, counts.calls + counts.alone);
  std::vector<real> one_by_one;
  for (std::size_t i = 0; i < 3; ++i) one_by_one.push_back(program(i));
  fmt::print("\nOne by one:\n");
  print_said("");
  fmt::print("  sums {:.4f}\n", fmt::join(one_by_one, " "));
}
