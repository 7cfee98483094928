// One wrong softmax before two checks: with ones as the cotangent it passes, with random numbers
// it does not.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/check/gradcheck.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/softmax.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"

using namespace tapestry;

namespace {

//> wrong-softmax
// x: (B, N) -> (B, N)
Var wrong_softmax(const Operand& x) {
  const Tensor exps = xt::exp(x.value());
  const Tensor sums = xt::sum(exps, {1}, xt::keep_dims);
  Var y{exps / sums};
  return record("wrong_softmax", y, {x}, [x, y] {
    const Tensor total = xt::sum(y.grad() * y.value(), {1}, xt::keep_dims);
    x.grad() += y.grad() - total; // and times y.value()?
  });
}
//< wrong-softmax

//> contracted
// The derivative of <c, f(x)> to every entry of x, twice: from the tape, and measured.
template <class F> void compare(const char* title, F f, const Tensor& x, const Tensor& c) {
  const Var in = variable(x);
  Tape tape;
  tape.backward(f(in), c);
  Tensor measured = zeros(x.shape());
  const real h = real(1e-5);
  for (std::size_t i = 0; i < x.size(); ++i) {
    Tensor up = x, down = x;
    up.data()[i] += h;
    down.data()[i] -= h;
    const Tensor change = f(constant(up)).value() - f(constant(down)).value();
    measured.data()[i] = xt::sum(c * change)() / (2 * h);
  }
  //< contracted
  const auto printed = [](const Tensor& t) {
    std::string text;
    for (real v : t.storage()) text += fmt::format("{:>8.4f}", std::abs(v) < 5e-9 ? 0.0 : v);
    return text;
  };
  fmt::print("{}\n  from the tape  {}\n  measured       {}\n\n", title, printed(in.grad()),
             printed(measured));
}

} // namespace

int main() {
  const Tensor x{{1, 2, 0.5}, {-1, 0.3, 0}};
  Rng rng(1);
  const Tensor ones = full({2, 3}, 1), random = normal({2, 3}, 0, 1, rng);
  const auto f = [](const Var& a) { return wrong_softmax(a); };

  fmt::print("y:               ");
  const Var y = f(constant(x));
  for (real v : y.value()) fmt::print("{:>8.4f}", v);
  fmt::print("\n\n");
  compare("c = 1:", f, x, ones);
  compare("c random:", f, x, random);

  //> check
  fmt::print("{}", gradcheck(f, {{x, "x"}}).text());
  //< check
}
