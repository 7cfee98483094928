// What can go wrong when examples take turns: shared generators and lists, a signature that forgets
// a setting, errors, recursions that are too deep, gradients in between.
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/ranges.h>

#include "autograd/base/error.hpp"
#include "autograd/batching/batched.hpp"
#include "autograd/batching/together.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

namespace {

//> forgets
// x times a factor, with a rule that does not mention the factor.
Var scaled(const Operand& x, double factor) {
  const auto call = [=](const Joined& all) { return scaled(all.x[0], factor); };
  if (batching())
    if (const auto y =
            batched({.op = "scaled", .at = x.caller(), .shape = x.shape(), .stacked = {x}}, call))
      return *y;
  return factor * x;
}
//< forgets

//> drops
// The sum of a few draws, with an operator between them.
std::string draws(std::size_t count, Rng& rng) {
  std::string text;
  Var h = constant({{1, 2}});
  for (std::size_t k = 0; k < count; ++k) {
    text += rng.chance(0.5) ? '1' : '0';
    h = tanh(h);
  }
  return text;
}
//< drops

std::string message_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const std::exception& e) {
    return e.what();
  }
  return "nothing";
}

Var deeper(const Var& x, std::size_t depth) {
  volatile char room[2000]; // what a function keeps on the stack
  room[0] = 0;
  const Var y = tanh(x);
  return depth == 0 ? y : deeper(y, depth - 1) + static_cast<double>(room[0]);
}

} // namespace

int main() {
  fmt::print("Three examples draw 3, 1 and 4 bits:\n");
  const std::size_t wanted[] = {3, 1, 4};
  const auto print_draws = [](const char* name, const std::vector<std::string>& all) {
    fmt::print("  {:<36}{}\n", name, fmt::join(all, "  "));
  };
  Rng shared(4);
  std::vector<std::string> alone;
  for (const std::size_t n : wanted) alone.push_back(draws(n, shared));
  print_draws("one generator, one by one", alone);
  Rng again(4);
  print_draws("one generator, together",
              run_together(3, [&](std::size_t i) { return draws(wanted[i], again); }));
  const auto own = [&](std::size_t i) {
    Rng rng(100 + i);
    return draws(wanted[i], rng);
  };
  std::vector<std::string> own_alone;
  for (std::size_t i = 0; i < 3; ++i) own_alone.push_back(own(i));
  print_draws("a generator each, one by one", own_alone);
  print_draws("a generator each, together", run_together(3, own));

  fmt::print("\nA list that all share, of 2, 1 and 3 entries:\n");
  {
    std::vector<Var> list;
    const auto program = [&](std::size_t i) {
      list.clear();
      const std::size_t entries[] = {2, 1, 3};
      for (std::size_t k = 0; k < entries[i]; ++k) list.push_back(tanh(constant({{1, 2}})));
      return list.size();
    };
    std::vector<std::size_t> one;
    for (std::size_t i = 0; i < 3; ++i) one.push_back(program(i));
    fmt::print("  one by one {}\n", fmt::join(one, " "));
    fmt::print("  together   {}\n", fmt::join(run_together(3, program), " "));
  }

  fmt::print("\nA signature that forgets a factor:\n");
  const auto scales = [](std::size_t i) {
    return sum(scaled(constant({{1, 1}}), static_cast<double>(i + 1))).item();
  };
  std::vector<real> one;
  for (std::size_t i = 0; i < 3; ++i) one.push_back(scales(i));
  fmt::print("  one by one {}\n", fmt::join(one, " "));
  fmt::print("  together   {}\n", fmt::join(run_together(3, scales), " "));

  fmt::print("\nAn error in one example:\n");
  const Var w = variable(zeros({4, 3}), "w");
  fmt::print("  {}\n", message_of([&] {
               run_together(4, [&](std::size_t i) {
                 const Var x = constant(zeros({1, i == 2 ? 5u : 3u}));
                 return linear(tanh(x), w);
               });
             }));

  fmt::print("\nA recursion 2,000 deep, and a larger stack:\n");
  const auto deep = [](std::size_t) { return sum(deeper(constant({{1, 2}}), 2000)).item(); };
  fmt::print("  {}\n", message_of([&] { run_together(2, deep); }));
  fmt::print("  {}\n",
             message_of([&] { run_together(2, deep, {.stack_bytes = std::size_t{32} << 20}); }));

  fmt::print("\nThe gradient of a value in between:\n");
  for (const bool together : {false, true}) {
    const Var x = variable({{1, 2}}, "x");
    Tape tape;
    std::vector<Var> between(2);
    const auto program = [&](std::size_t i) {
      between[i] = tanh(static_cast<double>(1 + i) * x);
      return sum(between[i]);
    };
    std::vector<Var> y;
    if (together)
      y = run_together(2, program);
    else
      y = {program(0), program(1)};
    tape.backward(y[0] + y[1]);
    fmt::print("  {:<12}of example 0's  {:.4f}   of x  {:.4f}\n",
               together ? "together" : "one by one", between[0].grad()(0, 0), x.grad()(0, 0));
  }
}
