// What an operator asks first: whether it can be run together with the same operator of others.
//
// Inside of run_together() each example runs on a stack of its own. An operator with a rule states
// it as a Request, and here its example stops. When all examples have stopped, one call does the
// work of all that wait for the same; each gets its rows of the result, and goes on:
//
//   Var relu(const Operand& x) {
//     if (const auto y = batched("relu", x, relu)) return *y;   // the rule: row by row
//     ...                                                       // for one example
//   }
//
// An operator without a rule, or alone with its signature, runs at once for its example.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "autograd/batching/signature.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

class Batch;
/// The one whose example runs on this thread at this moment, or null.
inline constinit thread_local Batch* running_batch = nullptr;
inline bool batching() { return running_batch != nullptr; }

/// The inputs of all examples that wait for one operator.
struct Joined {
  std::span<const Operand> x;        ///< for each of Request::stacked: (N, w)
  Indices ids;                       ///< (the sum of their sizes)
  std::span<const std::size_t> rows; ///< how many of x[0]'s N rows each example has
};
/// One result of an operator, or two: (N, v) each, with as many rows as the examples' own together.
using BatchedResults = std::vector<Var, PoolAllocator<Var>>;
using BatchedCall = std::function<BatchedResults(const Joined& all)>;

/// Lets the example wait. -> its results; none if the operator is to be run for it alone. It may
/// throw what ends the example.
BatchedResults wait_for_others(const Request& request, const BatchedCall& call);

/// The example's result, or nothing if the operator is to be run for it alone. f: the operator for
/// all, Joined -> Var (N, v). Only with shapes that have been checked; any other error of f is left
/// to the example that makes it.
template <class F> std::optional<Var> batched(const Request& request, const F& f) {
  const auto call = [&f](const Joined& all) { return BatchedResults{f(all)}; };
  BatchedResults r = wait_for_others(request, std::cref(call));
  if (r.empty()) return {};
  return std::move(r[0]);
}

/// The rule of y = f(x) row by row, with y of x's shape.
std::optional<Var> row_by_row(const char* op, const Operand& x, Var (*f)(const Operand&));
inline std::optional<Var> batched(const char* op, const Operand& x, Var (*f)(const Operand&)) {
  if (!batching()) return {};
  return row_by_row(op, x, f);
}

/// The rule of y = f(a, b) entry by entry with broadcasting, where y has this shape.
using Binary = Var (*)(const Operand&, const Operand&);
std::optional<Var> broadcast_by_row(const char* op, const Operand& a, const Operand& b,
                                    const Shape& shape, Binary f);

} // namespace tapestry::inline TAPESTRY_PRECISION
