// Checks that compare nothing, and that are refused.
#include <fmt/format.h>

#include "autograd/check/gradcheck.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/dropout.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"

using namespace tapestry;

namespace {

void show(const char* title, const GradcheckReport& report) {
  fmt::print("{}\n  {}\n", title, report.text());
}

} // namespace

int main() {
  Rng rng(1);
  const Tensor x = uniform({2, 3}, -1, 1, rng), w = uniform({3, 4}, -1, 1, rng);
  //> checks
  show("the loss is a constant:", gradcheck([](auto a) { return sum(softmax(a)); }, {{x, "x"}}));
  show("w is forgotten:", gradcheck([](auto a, auto) { return tanh(a); }, {{x, "x"}, {w, "w"}}));
  show("x is far out, where tanh is flat:",
       gradcheck([](auto a) { return tanh(100 * a); }, {{Tensor{-3, 2, 5}, "x"}}));
  show("x is cut off the tape:", gradcheck([](auto a) { return tanh(detach(a)); }, {{x, "x"}}));
  show("every call is another function:",
       gradcheck([&](auto a) { return dropout(a, 0.5, rng); }, {{x, "x"}}));
  //< checks
}
