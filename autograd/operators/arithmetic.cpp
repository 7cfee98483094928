#include "autograd/operators/arithmetic.hpp"

#include "autograd/operators/branches.hpp"
#include "autograd/operators/broadcast.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Var operator+(const Operand& a, const Operand& b) {
  broadcast_shape("+", a, b);
  Var y{a.value() + b.value()};
  return record("+", y, {a, b}, [a, b, y] {
    if (a.needs_grad()) sum_into(a.grad(), y.grad());
    if (b.needs_grad()) sum_into(b.grad(), y.grad());
  });
}

Var operator-(const Operand& a, const Operand& b) {
  broadcast_shape("-", a, b);
  Var y{a.value() - b.value()};
  return record("-", y, {a, b}, [a, b, y] {
    if (a.needs_grad()) sum_into(a.grad(), y.grad());
    if (b.needs_grad()) sum_into(b.grad(), -y.grad());
  });
}

//> times
Var operator*(const Operand& a, const Operand& b) {
  broadcast_shape("*", a, b);
  Var y{a.value() * b.value()};
  return record("*", y, {a, b}, [a, b, y] {
    if (a.needs_grad()) sum_into(a.grad(), y.grad() * b.value());
    if (b.needs_grad()) sum_into(b.grad(), y.grad() * a.value());
  });
}
//< times

Var operator/(const Operand& a, const Operand& b) {
  broadcast_shape("/", a, b);
  Var y{a.value() / b.value()};
  return record("/", y, {a, b}, [a, b, y] {
    if (a.needs_grad()) sum_into(a.grad(), y.grad() / b.value());
    if (b.needs_grad()) sum_into(b.grad(), -y.grad() * y.value() / b.value());
  });
}

Var operator-(const Operand& x) {
  Var y{-x.value()};
  return record("negate", y, {x}, [x, y] { x.grad() -= y.grad(); });
}

Var maximum(const Operand& a, const Operand& b) {
  broadcast_shape("maximum", a, b);
  Var y{xt::maximum(a.value(), b.value())};
  if (BranchWatch::current()) {
    const Tensor above = a.value() - b.value();
    note_branches(above.size(), [&](std::size_t i) { return above.data()[i] > 0; });
  }
  // 1 where a wins, 0 where b does, 1/2 where they are equal
  return record("maximum", y, {a, b}, [a, b, y] {
    const Tensor share = real(0.5) * (1 + xt::sign(a.value() - b.value()));
    if (a.needs_grad()) sum_into(a.grad(), y.grad() * share);
    if (b.needs_grad()) sum_into(b.grad(), y.grad() * (1 - share));
  });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
