// Wrong pull-backs, and what the check says of each.
#include <cmath>

#include <fmt/format.h>

#include "autograd/check/gradcheck.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"

using namespace tapestry;

namespace {

Tensor product(const Tensor& a, const Tensor& b) {
  return matmul(constant(a), constant(b)).value();
}
Tensor turned(const Tensor& m) { return xt::transpose(m); }

//> mean-bias
// x: (B, N), b: (N) -> (B, N)
Var add_bias(const Operand& x, const Operand& b) {
  Var y{x.value() + b.value()};
  return record("add_bias", y, {x, b}, [x, b, y] {
    x.grad() += y.grad();
    b.grad() += xt::mean(y.grad(), {0});
  });
}
//< mean-bias

//> wrong-product
// a: (N, N), b: (N, N) -> (N, N)
Var my_matmul(const Operand& a, const Operand& b) {
  Var y{product(a.value(), b.value())};
  return record("my_matmul", y, {a, b}, [a, b, y] {
    a.grad() += product(y.grad(), b.value());
    b.grad() += product(turned(a.value()), y.grad());
  });
}
//< wrong-product

//> overwriting
Var my_tanh(const Operand& x) {
  Var y{xt::tanh(x.value())};
  return record("my_tanh", y, {x}, [x, y] { x.grad() = y.grad() * (1 - xt::square(y.value())); });
}
//< overwriting

//> running-mean
// s_t = s_{t-1} / 2 + x_t along axis 0; x: (T, B, N) -> (T, B, N)
Var smoothed(const Operand& x) {
  const std::size_t row = x.value().size() / x.shape()[0];
  Tensor s = x.value();
  for (std::size_t i = row; i < s.size(); ++i) s.data()[i] += s.data()[i - row] / 2;
  Var y{s};
  return record("smoothed", y, {x}, [x, y, row] {
    Tensor d = y.grad();
    for (std::size_t i = 0; i + row < d.size(); ++i) d.data()[i] += y.grad().data()[i + row] / 2;
    x.grad() += d;
  });
}
//< running-mean

//> odd-tanh
Var odd_tanh(const Operand& x) {
  Var y{xt::tanh(x.value())};
  return record("odd_tanh", y, {x},
                [x, y] { x.grad() += y.grad() * xt::cos(x.value()) / xt::cosh(x.value()); });
}
//< odd-tanh

Tensor some(const Shape& shape, std::uint64_t seed) {
  Rng rng(seed);
  return uniform(shape, -1, 1, rng);
}

void show(const char* title, const GradcheckReport& report) {
  fmt::print("{}\n{}\n", title, report.text());
}

} // namespace

int main() {
  const auto layer = [](const Var& x, const Var& w, const Var& b) {
    const Var z = matmul(x, w);
    return tanh(add_bias(z, b));
  };
  show("A layer:",
       gradcheck(layer, {{some({4, 3}, 1), "x"}, {some({3, 5}, 2), "w"}, {some({5}, 3), "b"}}));

  const auto halved = [](const Var& x) {
    Var y{x.value()};
    return record("halved", y, {x}, [x, y] { x.grad() += y.grad() / 2; });
  };
  //> two-shapes
  show("A batch of two:", gradcheck(halved, {{some({2, 3}, 1), "x"}}));
  show("And one of three:",
       gradcheck(halved, {{some({2, 3}, 1), "x"}}, {.also = {{{some({3, 4}, 2), "x"}}}}));
  //< two-shapes

  const auto square_product = [](const Var& a, const Var& b) { return my_matmul(a, b); };
  show("A product:", gradcheck(square_product, {{some({3, 3}, 1), "a"}, {some({3, 3}, 2), "b"}}));

  const auto twice = [](const Var& x) {
    const Var first = my_tanh(x);
    const Var second = my_tanh(x);
    return first * second;
  };
  show("Used twice:", gradcheck(twice, {{some({2, 3}, 1), "x"}}));

  const auto sequence = [](const Var& x) { return smoothed(x); };
  show("A sequence:", gradcheck(sequence, {{some({4, 2, 3}, 1), "x"}}));

  const auto odd = [](const Var& x) { return odd_tanh(x); };
  show("Something else:", gradcheck(odd, {{some({2, 3}, 1), "x"}}));
}
