// A right pull-back and a wrong one; `-- --json` prints the reports for programs.
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "autograd/check/gradcheck.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
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

void print_curves(const GradcheckReport& right, const GradcheckReport& wrong) {
  fmt::print("the curve\n  {:>8} {:>8} {:>16}\n", "step", "tanh", "forgetful_tanh");
  for (std::size_t i = 0; i < 8; ++i)
    fmt::print("  {:>8.0e} {:>8.0e} {:>16.0e}\n", right.curve[i].step, right.curve[i].error,
               wrong.curve[i].error);
}

} // namespace

int main(int argc, char** argv) {
  Rng rng(1);
  const Tensor x = uniform({2, 3}, -1, 1, rng), w = uniform({3, 4}, -1, 1, rng);
  //> checks
  const auto layer = gradcheck([](auto a, auto b) { return tanh(matmul(a, b)); }, {x, w});
  const auto wrong = gradcheck([](auto a) { return forgetful_tanh(a); }, {x}, {.curve = true});
  //< checks
  if (argc == 2 && std::strcmp(argv[1], "--json") == 0) {
    fmt::print("[{},\n{}]\n", layer.to_json(), wrong.to_json());
    return 0;
  }
  GradcheckReport wrong_alone = wrong;
  wrong_alone.curve.clear();
  fmt::print("tanh(x w), x: (2, 3), w: (3, 4)\n{}\n", layer.text());
  fmt::print("forgetful_tanh(x)\n{}\n", wrong_alone.text());
  print_curves(gradcheck([](auto a) { return tanh(a); }, {x}, {.curve = true}), wrong);
}
