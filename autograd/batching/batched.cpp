#include "autograd/batching/batched.hpp"

#include "autograd/batching/joined_rows.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// What an argument of an operator of two is, beside those of other examples.
enum class Role { number, shared, rows, other };

// shape: of the result
Role role_of(const Operand& x, const Shape& shape) {
  const std::size_t n = JoinedRows::rows(x.shape()), width = JoinedRows::width(x.shape());
  const bool fits = width == 1 || width == JoinedRows::width(shape);
  if (x.rank() == 0 && JoinedRows::is_plain(x)) return Role::number;
  if (JoinedRows::is_leaf(x)) return fits && n == 1 && x.rank() <= 2 ? Role::shared : Role::other;
  return fits && n == JoinedRows::rows(shape) ? Role::rows : Role::other;
}

} // namespace

std::optional<Var> row_by_row(const char* op, const Operand& x, Var (*f)(const Operand&)) {
  return batched({.op = op, .at = Inside::line(x.caller()), .shape = x.shape(), .stacked = {x}},
                 [f](const Joined& all) { return f(all.x[0]); });
}

std::optional<Var> broadcast_by_row(const char* op, const Operand& a, const Operand& b,
                                    const Shape& shape, Binary f) {
  const Role of_a = role_of(a, shape), of_b = role_of(b, shape);
  if (of_a == Role::other || of_b == Role::other) return {};
  const Caller at = Inside::line(a.caller());
  if (of_a == Role::rows && of_b == Role::rows)
    return batched({.op = op, .at = at, .shape = shape, .stacked = {a, b}},
                   [f](const Joined& all) { return f(all.x[0], all.x[1]); });
  if (of_a != Role::rows && of_b != Role::rows) return {};
  const bool rows_first = of_a == Role::rows;
  const Operand &x = rows_first ? a : b, &same = rows_first ? b : a;
  const auto call = [&](const Joined& all) {
    return rows_first ? f(all.x[0], same) : f(same, all.x[0]);
  };
  const double side = rows_first ? 0 : 1;
  if ((rows_first ? of_b : of_a) == Role::shared)
    return batched(
        {.op = op, .at = at, .shape = shape, .stacked = {x}, .shared = {&same}, .settings = {side}},
        call);
  return batched({.op = op,
                  .at = at,
                  .shape = shape,
                  .stacked = {x},
                  .settings = {side, static_cast<double>(same.item())}},
                 call);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
