#include "autograd/operators/matmul.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "autograd/base/product.hpp"
#include "autograd/operators/broadcast.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// A tensor as one matrix: its leading axes are merged into rows.
Matrix rows_of(const Tensor& x) { return {x.data(), std::max<std::size_t>(x.shape().back(), 1)}; }

std::size_t row_count(const Shape& shape) { return size_of(Shape(shape.begin(), shape.end() - 1)); }

Shape with_last(Shape shape, std::size_t n) {
  shape.back() = n;
  return shape;
}

} // namespace

//> matmul
Var matmul(const Operand& a, const Operand& b) {
  if (a.rank() < 2 || b.rank() != 2) shape_error("matmul", {a, b}, "expected (..., m, k) x (k, n)");
  const std::size_t m = row_count(a.shape()), k = a.shape().back(), n = b.shape()[1];
  if (b.shape()[0] != k)
    shape_error("matmul", {a, b}, fmt::format("inner sizes {} and {} differ", k, b.shape()[0]));

  Tensor out = Tensor::from_shape(with_last(a.shape(), n));
  product(m, n, k, rows_of(a.value()), rows_of(b.value()), out.data(), n, false);
  Var y{std::move(out)};
  return record("matmul", y, {a, b}, [a, b, y, m, n, k] {
    const Matrix dy = rows_of(y.grad());
    //> matmul-pull-back
    if (a.needs_grad()) // dA = dY B^T
      product(m, k, n, dy, transposed(rows_of(b.value())), a.grad().data(), k, true);
    if (b.needs_grad()) // dB = A^T dY
      product(k, n, m, transposed(rows_of(a.value())), dy, b.grad().data(), n, true);
    //< matmul-pull-back
  });
}
//< matmul

Var linear(const Operand& x, const Operand& weight, const Operand& bias) {
  if (x.rank() < 1 || weight.rank() != 2 || bias.rank() != 1)
    shape_error("linear", {x, weight, bias}, "expected (..., k) x (n, k) x (n)");
  const std::size_t m = row_count(x.shape()), k = x.shape().back(), n = weight.shape()[0];
  if (weight.shape()[1] != k || bias.shape()[0] != n)
    shape_error("linear", {x, weight, bias},
                fmt::format("expected (..., {}) x ({}, {}) x ({})", k, n, k, n));

  Tensor out = Tensor::from_shape(with_last(x.shape(), n));
  for (std::size_t i = 0; i < m; ++i) std::copy_n(bias.value().data(), n, out.data() + i * n);
  product(m, n, k, rows_of(x.value()), transposed(rows_of(weight.value())), out.data(), n, true);
  Var y{std::move(out)};
  return record("linear", y, {x, weight, bias}, [x, weight, bias, y, m, n, k] {
    const Matrix dy = rows_of(y.grad());
    if (x.needs_grad()) // dX = dY W
      product(m, k, n, dy, rows_of(weight.value()), x.grad().data(), k, true);
    if (weight.needs_grad()) // dW = dY^T X
      product(n, k, m, transposed(dy), rows_of(x.value()), weight.grad().data(), k, true);
    if (bias.needs_grad()) // db = the sum of dY's rows
      sum_into(bias.grad(), y.grad());
  });
}

Var linear(const Operand& x, const Operand& weight) {
  if (weight.rank() != 2) shape_error("linear", {x, weight}, "expected (..., k) x (n, k)");
  return linear(x, weight, {constant(zeros({weight.shape()[0]})), x.caller()});
}

} // namespace tapestry::inline TAPESTRY_PRECISION
