#include "autograd/operators/matmul.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "autograd/base/product.hpp"
#include "autograd/batching/batched.hpp"
#include "autograd/operators/broadcast.hpp"
#include "autograd/operators/rows.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// A tensor as one matrix: its leading axes are merged into rows.
Matrix rows_of(const Tensor& x) { return {x.data(), std::max<std::size_t>(x.shape().back(), 1)}; }

std::size_t row_count(const Shape& shape) { return size_of(Shape(shape.begin(), shape.end() - 1)); }

// The axes in front of a matrix.
Shape leading(const Shape& shape) { return Shape(shape.begin(), shape.end() - 2); }

//> batched-rows
// For several examples, whose rows x lie under each other: f(x). What is shared is one of all of
// them. x: (..., k) -> (..., n)
template <class F>
std::optional<Var> batched_rows(const char* op, const Operand& x, std::size_t n,
                                std::initializer_list<const Var*> shared, const F& f) {
  if (!batching()) return {};
  return batched({.op = op,
                  .at = Inside::line(x.caller()),
                  .shape = with_last(x.shape(), n),
                  .stacked = {x},
                  .shared = shared},
                 [&](const Joined& all) { return f(all.x[0]); });
}
//< batched-rows

// Products of stacks of matrices, whose leading axes broadcast: b has such axes. For each matrix of
// y, one of a and one of b.
Var batched_matmul(const Operand& a, const Operand& b) {
  const std::size_t m = a.shape()[a.rank() - 2], k = a.shape().back(), n = b.shape().back();
  Shape of_a = leading(a.shape()), of_b = leading(b.shape());
  Shape batch(std::max(of_a.size(), of_b.size()), 1);
  for (std::size_t i = 1; i <= batch.size(); ++i) { // as broadcast_shape does with all axes
    const std::size_t s = i <= of_a.size() ? of_a[of_a.size() - i] : 1;
    const std::size_t t = i <= of_b.size() ? of_b[of_b.size() - i] : 1;
    if (s != t && s != 1 && t != 1)
      shape_error("matmul", {a, b},
                  fmt::format("leading sizes {} and {} on axis -{} do not broadcast", s, t, i + 2));
    batch[batch.size() - i] = s == 1 ? t : s;
  }
  Shape shape = batch;
  shape.push_back(m);
  shape.push_back(n);
  Tensor out = Tensor::from_shape(shape);
  // each(y's matrix, p's, q's) for all of them, written to y or p, each by one thread
  auto each = [batch, cost = m * n * k / 16 + 1](const Shape& p, const Shape& q, Written written,
                                                 const auto& multiply) {
    const BroadcastWalk walk(batch, p, q);
    const std::size_t p_step = walk.p[0], q_step = walk.q[0], y_step = walk.big[0];
    for_each_run(
        walk, written,
        [&](std::size_t i, std::size_t j, std::size_t l, std::size_t run) {
          for (std::size_t r = 0; r < run; ++r)
            multiply(i + r * y_step, j + r * p_step, l + r * q_step);
        },
        cost);
  };
  each(of_a, of_b, Written::big, [&](std::size_t i, std::size_t j, std::size_t l) {
    product(m, n, k, {a.value().data() + j * m * k, k}, {b.value().data() + l * k * n, n},
            out.data() + i * m * n, n, false);
  });
  Var y{std::move(out)};
  return record("matmul", y, {a, b}, [a, b, y, m, n, k, of_a, of_b, each = std::move(each)] {
    const real *const dy = y.grad().data(), *const s = a.value().data(),
                      *const t = b.value().data();
    if (a.needs_grad()) { // dA = dY B^T
      real* const da = a.grad().data();
      each(of_a, of_b, Written::p, [=](std::size_t i, std::size_t j, std::size_t l) {
        product(m, k, n, {dy + i * m * n, n}, {t + l * k * n, n, true}, da + j * m * k, k, true);
      });
    }
    if (b.needs_grad()) { // dB = A^T dY
      real* const db = b.grad().data();
      each(of_b, of_a, Written::p, [=](std::size_t i, std::size_t l, std::size_t j) {
        product(k, n, m, {s + j * m * k, k, true}, {dy + i * m * n, n}, db + l * k * n, n, true);
      });
    }
  });
}

// A vector as a matrix of one row (left) or one column (right); the result loses that axis again.
Var vector_matmul(const Operand& a, const Operand& b) {
  const std::size_t k = a.shape().back(), l = b.shape()[b.rank() == 1 ? 0 : b.rank() - 2];
  if (k != l)
    shape_error("matmul", {a, b},
                fmt::format("expected (..., m, k) x (k, n): inner sizes {} and {} differ", k, l));
  const Operand left = a.rank() == 1 ? Operand{reshape(a, {1, k}), a.caller()} : a;
  const Operand right = b.rank() == 1 ? Operand{reshape(b, {k, 1}), a.caller()} : b;
  const Operand y{matmul(left, right), a.caller()};
  Shape shape = y.shape();
  if (b.rank() == 1) shape.erase(shape.end() - 1);
  if (a.rank() == 1) shape.erase(shape.end() - (b.rank() == 1 ? 1 : 2));
  return reshape(y, shape);
}

} // namespace

//> matmul
Var matmul(const Operand& a, const Operand& b) {
  if (a.rank() == 0 || b.rank() == 0)
    shape_error("matmul", {a, b}, "expected (..., m, k) x (..., k, n)");
  if (a.rank() == 1 || b.rank() == 1) return vector_matmul(a, b);
  const std::size_t m = row_count(a.shape()), k = a.shape().back(), n = b.shape().back();
  if (const std::size_t l = b.shape()[b.rank() - 2]; l != k)
    shape_error("matmul", {a, b}, fmt::format("inner sizes {} and {} differ", k, l));
  if (b.rank() > 2) return batched_matmul(a, b);
  if (const auto y = batched_rows("matmul", a, n, {&b}, [&](auto& x) { return matmul(x, b); }))
    return *y;

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

namespace {

// Without a bias of the caller's, it is zeros that nobody shares.
Var linear(const Operand& x, const Operand& weight, const Operand& bias, bool has_bias) {
  if (x.rank() < 1 || weight.rank() != 2 || bias.rank() != 1)
    shape_error("linear", {x, weight, bias}, "expected (..., k) x (n, k) x (n)");
  const std::size_t m = row_count(x.shape()), k = x.shape().back(), n = weight.shape()[0];
  if (weight.shape()[1] != k || bias.shape()[0] != n)
    shape_error("linear", {x, weight, bias},
                fmt::format("expected (..., {}) x ({}, {}) x ({})", k, n, k, n));
  if (const auto y = batched_rows("linear", x, n, {&weight, has_bias ? &bias : &weight},
                                  [&](auto& rows) { return linear(rows, weight, bias, has_bias); }))
    return *y;

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

} // namespace

Var linear(const Operand& x, const Operand& weight, const Operand& bias) {
  return linear(x, weight, bias, true);
}

Var linear(const Operand& x, const Operand& weight) {
  if (weight.rank() != 2) shape_error("linear", {x, weight}, "expected (..., k) x (n, k)");
  return linear(x, weight, {constant(zeros({weight.shape()[0]})), x.caller()}, false);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
