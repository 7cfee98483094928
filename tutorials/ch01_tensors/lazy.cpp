// An expression computes nothing until it is assigned, and then everything in one loop.
#include <cstddef>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/xt.hpp"

using namespace tapestry;

namespace {

// How many blocks of memory the pool had to get from the system for this work.
template <class Work> std::size_t blocks(Work work) {
  const std::size_t before = pool_stats().system_calls;
  work();
  return pool_stats().system_calls - before;
}

//> fused
Tensor in_three_steps(const Tensor& p, const Tensor& q) {
  const Tensor product = p * q;
  const Tensor total = product + p;
  return xt::sqrt(total);
}

Tensor as_one_expression(const Tensor& p, const Tensor& q) { return xt::sqrt(p * q + p); }
//< fused

} // namespace

int main() {
  //> counted
  std::size_t calls = 0;
  const auto cube = [&](const Tensor& t) {
    return xt::make_lambda_xfunction([&](real v) { return ++calls, v * v * v; }, t);
  };
  const Tensor x{1, 2, 3, 4};
  //< counted

  fmt::print("How often cube() was called:\n");
  //> calls
  auto y = cube(x) + 1;
  fmt::print("  after auto y = cube(x) + 1      {:>2}\n", calls);
  Tensor z = y;
  fmt::print("  after Tensor z = y              {:>2}\n", calls);
  Tensor twice = y * y;
  fmt::print("  after Tensor twice = y * y      {:>2}\n", calls);
  //< calls

  fmt::print("\nAn expression reads its tensors when it is read itself:\n");
  //> later
  Tensor a{1, 1, 1};
  auto sum = a + a;
  a.fill(5);
  fmt::print("  a + a, after a became 5: {}\n", fmt::join(sum, " "));
  //< later

  fmt::print("\nNew blocks of memory for sqrt(p q + p):\n");
  const Tensor p = ones({100'000}), q = full({100'000}, 2);
  fmt::print("  in three steps      {}\n", blocks([&] { in_three_steps(p, q); }));
  const Tensor r = ones({300'000}), s = full({300'000}, 2); // the pool keeps the blocks it has got
  fmt::print("  as one expression   {}\n", blocks([&] { as_one_expression(r, s); }));
}
