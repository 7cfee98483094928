#include "autograd/operators/arithmetic.hpp"

#include "autograd/batching/batched.hpp"
#include "autograd/operators/branches.hpp"
#include "autograd/operators/broadcast.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

std::optional<Var> batched_pair(const char* op, const Operand& a, const Operand& b, Binary f) {
  if (!batching()) return {};
  return broadcast_by_row(op, a, b, broadcast_shape(op, a, b), f);
}

} // namespace

Var operator+(const Operand& a, const Operand& b) {
  if (const auto y = batched_pair("+", a, b, operator+)) return *y;
  Var y{combined("+", a, b, [](real s, real t) { return s + t; })};
  return record("+", y, {a, b}, [a, b, y] {
    if (a.needs_grad()) sum_into(a.grad(), y.grad());
    if (b.needs_grad()) sum_into(b.grad(), y.grad());
  });
}

Var operator-(const Operand& a, const Operand& b) {
  if (const auto y = batched_pair("-", a, b, operator-)) return *y;
  Var y{combined("-", a, b, [](real s, real t) { return s - t; })};
  return record("-", y, {a, b}, [a, b, y] {
    if (a.needs_grad()) sum_into(a.grad(), y.grad());
    pull_to(b, a, y, [](real dy, real, real) { return -dy; });
  });
}

//> times
Var operator*(const Operand& a, const Operand& b) {
  if (const auto y = batched_pair("*", a, b, operator*)) return *y; // batching
  Var y{combined("*", a, b, [](real s, real t) { return s * t; })};
  return record("*", y, {a, b}, [a, b, y] {
    pull_to(a, b, y, [](real dy, real, real factor) { return dy * factor; });
    pull_to(b, a, y, [](real dy, real, real factor) { return dy * factor; });
  });
}
//< times

Var operator/(const Operand& a, const Operand& b) {
  if (const auto y = batched_pair("/", a, b, operator/)) return *y;
  Var y{combined("/", a, b, [](real s, real t) { return s / t; })};
  return record("/", y, {a, b}, [a, b, y] {
    pull_to(a, b, y, [](real dy, real, real divisor) { return dy / divisor; });
    pull_to(b, a, y, [](real dy, real divisor, real s) { return -dy * (s / divisor / divisor); });
  });
}

Var operator-(const Operand& x) {
  if (const auto y = batched("negate", x, operator-)) return *y;
  Var y{evaluated(-x.value())};
  return record("negate", y, {x}, [x, y] { x.grad() -= y.grad(); });
}

namespace {

// maximum and minimum: what `wins` is taken, and what is not a number wins against everything, as
// in PyTorch. Of two equal entries each gets half of the gradient.
template <class Wins> Var extreme(const char* op, const Operand& a, const Operand& b, Wins wins) {
  Var y{combined(op, a, b, [wins](real s, real t) { return wins(s, t) || s != s ? s : t; })};
  if (BranchWatch::current()) {
    const Tensor left = combined(a.value(), b.value(), y.shape(),
                                 [wins](real s, real t) { return wins(s, t) ? real{1} : real{0}; });
    note_branches(left.size(), [&](std::size_t i) { return left.data()[i] > 0; });
  }
  return record(op, y, {a, b}, [a, b, y, wins] {
    const auto share = [wins](real dy, real own, real other) {
      return own == other ? dy / 2 : wins(other, own) ? real{0} : dy;
    };
    pull_to(a, b, y, share);
    pull_to(b, a, y, share);
  });
}

} // namespace

Var maximum(const Operand& a, const Operand& b) {
  if (const auto y = batched_pair("maximum", a, b, maximum)) return *y;
  return extreme("maximum", a, b, [](real s, real t) { return s > t; });
}

Var minimum(const Operand& a, const Operand& b) {
  if (const auto y = batched_pair("minimum", a, b, minimum)) return *y;
  return extreme("minimum", a, b, [](real s, real t) { return s < t; });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
