// Which of the operators that wait runs next.
#pragma once

#include <unordered_map>
#include <utility>
#include <vector>

#include "autograd/batching/signature.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What decides which group runs, of several that wait. Each one is right; they differ in how many
/// calls there are.
enum class AgendaPolicy {
  first_come, ///< the group that has waited longest
  largest,    ///< the group of the most examples
  depth,      ///< the lowest mean depth of those that wait (Neubig, Goldberg and Dyer 2017: of all)
  new_last,   ///< the largest group of an operator that has run before; else what most have met
};

/// One example's operator, which waits.
struct Waiting {
  const Request* request;
  std::size_t example; ///< results and inputs lie in the order of these
  std::size_t depth;   ///< how many operators the example has run before
  void* owner;         ///< who is told when it has run
};

/// What is known of a signature.
struct OperatorKind {
  std::size_t examples = 0; ///< that have met it
  std::size_t calls = 0;    ///< so far
  std::vector<bool> met;    ///< by each example
};

/// Those with one signature.
struct WaitingGroup {
  Signature signature;
  std::vector<Waiting, PoolAllocator<Waiting>> members;
  OperatorKind* kind;
  std::size_t arrived; ///< when its oldest member came
};

class Agenda {
public:
  explicit Agenda(AgendaPolicy policy) : policy_(policy) {}

  void add(const Waiting& waiting);
  /// Those of examples that have ended otherwise.
  void remove(const void* owner);
  bool empty() const { return groups_.empty(); }
  /// Takes out the group to be run, in the order of the examples.
  WaitingGroup next();

private:
  using Rank = std::pair<double, double>;
  Rank rank(const WaitingGroup& group) const;
  WaitingGroup& group_of(const Waiting& waiting);

  AgendaPolicy policy_;
  std::size_t arrivals_ = 0, examples_ = 0;
  std::vector<WaitingGroup> groups_;
  std::unordered_map<Signature, OperatorKind, Signature::Hash> kinds_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
