// The matrices that resize a row, the same as a gradient's way back, and a picture enlarged.
#include <fmt/format.h>

#include "autograd/check/gradcheck.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/random.hpp"
#include "autograd/tape.hpp"
#include "keep.hpp"
#include "meadow.hpp"
#include "vision/images/image.hpp"

using namespace tapestry;

namespace {

void print_matrix(const std::string& title, const std::vector<Taps>& rows, std::size_t from) {
  fmt::print("{}:\n", title);
  for (const Taps& row : rows) {
    fmt::print(" ");
    for (std::size_t j = 0; j < from; ++j) {
      const bool inside = j >= row.first && j < row.first + row.weights.size();
      fmt::print(" {:.3f}", inside ? row.weights[j - row.first] : 0);
    }
    fmt::print("\n");
  }
  fmt::print("\n");
}

double inner_product(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a.data()[i] * b.data()[i];
  return sum;
}

} // namespace

int main() {
  print_matrix("3 pixels to 6, bilinear", taps(3, 6, Filter::bilinear), 3);
  print_matrix("6 pixels to 3, bilinear", taps(6, 3, Filter::bilinear), 6);
  print_matrix("6 pixels to 3, area", taps(6, 3, Filter::area), 6);
  print_matrix("The transpose of 6 to 3, bilinear", transposed(taps(6, 3, Filter::bilinear), 6), 3);

  //> transpose
  Rng rng(21);
  const Var x = variable(normal({1, 6, 5}, 0, 1, rng));
  const Tensor g = normal({1, 3, 4}, 0, 1, rng);
  Tape tape;
  const Var y = resize(x, 3, 4);
  tape.backward(y, g);
  const double forward = inner_product(y.value(), g);     // <Rx, g>
  const double back = inner_product(x.value(), x.grad()); // <x, R'g>
  //< transpose
  fmt::print("Two inner products: <Rx, g> = {:.10f}\n", forward);
  fmt::print("                    <x, R'g> = {:.10f}\n\n", back);

  //> check
  const auto shrink = [](const Var& v) { return resize(v, 3, 4); };
  const auto result = gradcheck(shrink, {normal({1, 6, 5}, 0, 1, rng)});
  //< check
  fmt::print("gradcheck of the resize: {}\n", result.passed ? "passed" : "failed");

  const Tensor small = meadow(20);
  keep("enlarged.png", encode_png(side_by_side({resize(small, 240, 240, Filter::area),
                                                resize(small, 240, 240, Filter::bilinear)})));
}
