// A gradient check, passed and failed: a right pull-back, a wrong one, and checks that prove
// nothing.
#include <cmath>

#include <fmt/format.h>

#include "autograd/arithmetic.hpp"
#include "autograd/functions.hpp"
#include "autograd/gradcheck.hpp"
#include "autograd/matmul.hpp"
#include "autograd/reduce.hpp"
#include "autograd/softmax.hpp"
#include "autograd/tape.hpp"

using namespace tapestry;

namespace {

//> forgetful-tanh
// A tanh whose author forgot to multiply by what arrives from above.
Var forgetful_tanh(const Operand& x) {
  Tensor value = x.value();
  for (real& v : value.storage()) v = std::tanh(v);
  Var y{value};
  return record("forgetful_tanh", y, {x}, [x, y] {
    for (std::size_t i = 0; i < y.value().size(); ++i) {
      const real t = y.value().data()[i];
      x.grad().data()[i] += 1 - t * t; // and y.grad()?
    }
  });
}
//< forgetful-tanh

void show(const char* title, const GradcheckReport& report) {
  fmt::print("{}\n{}\n", title, report.text());
}

} // namespace

int main() {
  Rng rng(1);
  const Tensor x = uniform({2, 3}, -1, 1, rng), w = uniform({3, 4}, -1, 1, rng);

  //> checks
  show("tanh(x w):", gradcheck([](auto a, auto b) { return tanh(matmul(a, b)); }, {x, w}));
  show("forgetful_tanh(x):", gradcheck([](auto a) { return forgetful_tanh(a); }, {x}));
  show("softmax(x), summed to one:", gradcheck([](auto a) { return sum(softmax(a)); }, {x}));
  show("x, without w:", gradcheck([](auto a, auto) { return square(a); }, {x, w}));
  show("relu, at 0:", gradcheck([](auto a) { return relu(a); }, {Tensor{-1, 0, 2}}));
  //< checks
}
