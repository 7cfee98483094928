// Automatic batching: a program for one example, run for many, whose operators execute together.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/batching/agenda.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What was done, for measurements.
struct TogetherCounts {
  std::size_t operators = 0; ///< that examples waited for
  std::size_t calls = 0;     ///< that served several of them at once
  std::size_t alone = 0;     ///< that were run for one example, for want of others
  double call_seconds = 0;   ///< in those calls' operators; the rest of the time is programs',
                             ///< switching, joining and cutting
};

struct TogetherOptions {
  /// Of each example, at least 128 KB. Memory is taken as it is used. An operator that is called
  /// with less than 64 KB left throws a std::runtime_error that says so; a recursion that calls no
  /// operator on its way down meets a page that ends the process.
  std::size_t stack_bytes = std::size_t{1} << 20;
  /// So many examples and parts have begun at once, if they do not wait for more of them; further
  /// ones begin when some have ended.
  std::size_t most_at_once = 4096;
  AgendaPolicy policy = AgendaPolicy::new_last;
  TogetherCounts* counts = nullptr; ///< added to, if given
};

/// Calls program(0) .. program(n-1), each on a stack of its own, and turns from one to another when
/// they call operators: those of the same kind, widths, settings and parameters execute as one, on
/// the rows of all. Values are there as soon as an operator returns, so a program may look at them
/// and decide by them. One thread runs it all; other cores serve inside the operators.
///
/// What programs share must bear that they take turns at every operator: a random generator's draws
/// come in another order than one by one, so give each example its own where that matters.
/// Gradients reach all leaves as if the examples had run one by one. Those of values between do
/// not: they flow through the joined ones.
///
/// An error ends the example; the others are unwound, and it is thrown again here. ShapeError,
/// TapeError, FormatError, std::invalid_argument and std::runtime_error get "example 3: " in front
/// of their text, others stay as they are. Inside of an example, its parts join the others.
void run_each_together(std::size_t n, const std::function<void(std::size_t)>& program,
                       const TogetherOptions& options = {});

/// The same, with the programs' results in the order of the examples.
///
///   std::vector<Var> losses = run_together(n, [&](std::size_t i) { return loss_of(examples[i]);
///   });
template <class F> auto run_together(std::size_t n, F&& f, const TogetherOptions& options = {}) {
  using Result = std::decay_t<std::invoke_result_t<F&, std::size_t>>;
  std::vector<std::optional<Result>> kept(n);
  run_each_together(
      n, [&](std::size_t i) { kept[i].emplace(f(i)); }, options);
  std::vector<Result> results;
  results.reserve(n);
  for (std::optional<Result>& one : kept) results.push_back(std::move(*one));
  return results;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
