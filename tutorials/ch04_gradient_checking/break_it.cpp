// Answers to the questions of `Break it`, measured.
#include <cmath>

#include <fmt/format.h>

#include "autograd/check/gradcheck.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"

using namespace tapestry;

namespace {

double central(double (*f)(double), double x, double h) { return (f(x + h) - f(x - h)) / (2 * h); }

// As wrong_softmax of cotangent.cpp, with the factor and without the sum.
Var softmax_without_total(const Operand& x) {
  Var y{softmax(constant(x.value())).value()};
  return record("softmax_without_total", y, {x}, [x, y] { x.grad() += y.grad() * y.value(); });
}

// As add_bias of diagnoses.cpp, with a second mistake.
Var add_bias(const Operand& x, const Operand& b) {
  Var y{x.value() + b.value()};
  return record("add_bias", y, {x, b}, [x, b, y] {
    x.grad() += y.grad();
    b.grad() -= xt::mean(y.grad(), {0});
  });
}

Tensor some(const Shape& shape, std::uint64_t seed) {
  Rng rng(seed);
  return uniform(shape, -1, 1, rng);
}

} // namespace

int main() {
  fmt::print("No third derivative: the error of the slope at 1/3\n");
  fmt::print("  {:>6} {:>10} {:>10}\n", "h", "x^2", "5 - 3x");
  for (int k : {1, 10, 20, 30, 38}) {
    const double h = std::exp2(-k), x = 1.0 / 3;
    fmt::print("  {:>6} {:>10.0e} {:>10.0e}\n", fmt::format("2^-{}", k),
               std::abs(central([](double t) { return t * t; }, x, h) - 2 * x),
               std::abs(central([](double t) { return 5 - 3 * t; }, x, h) + 3));
  }

  fmt::print("\nA softmax that forgets the sum, with ones arriving:\n  from the tape ");
  const Var x = variable({{1, 2, 0.5}, {-1, 0.3, 0}});
  Tape tape;
  tape.backward(softmax_without_total(x), ones({2, 3}));
  for (real g : x.grad()) fmt::print("{:>8.4f}", g);
  fmt::print("\n  right         ");
  for (std::size_t i = 0; i < x.value().size(); ++i) fmt::print("{:>8.4f}", 0.0);

  fmt::print("\n\nAt 0:\n");
  fmt::print("  |x|    {}", gradcheck([](const Var& a) { return abs(a); }, {Tensor{0}}).text());
  fmt::print("  x |x|  {}", gradcheck([](const Var& a) { return a * abs(a); }, {Tensor{0}}).text());

  fmt::print("\nA mean for a sum, and the sign turned:\n{}",
             gradcheck([](const Var& a, const Var& b) { return tanh(add_bias(a, b)); },
                       {{some({4, 5}, 1), "x"}, {some({5}, 2), "b"}})
                 .text());
}
