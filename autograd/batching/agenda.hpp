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
  first_come,   ///< the group that has waited longest
  largest,      ///< the group of the most examples
  depth,        ///< the lowest mean depth (Neubig, Goldberg and Dyer 2017, section 3.2)
  fewest_kinds, ///< the lowest mean number of different operators before; of equal ones the largest
};

/// One example's operator, which waits.
struct Waiting {
  const Request* request;
  std::size_t example;   ///< results and inputs lie in the order of these
  std::size_t depth;     ///< how many operators the example has run before
  void* owner;           ///< who is told when it has run
  std::size_t kinds = 0; ///< how many different ones, this one included; the agenda counts
};

/// Those with one signature.
struct WaitingGroup {
  Signature signature;
  std::vector<Waiting, PoolAllocator<Waiting>> members;
  std::size_t kind;    ///< the number of this signature
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
  std::size_t kinds_of(std::size_t example, std::size_t kind);

  struct Seen { // by one example
    std::vector<bool> kind;
    std::size_t count = 0;
  };

  AgendaPolicy policy_;
  std::size_t arrivals_ = 0;
  std::vector<WaitingGroup> groups_;
  std::unordered_map<Signature, std::size_t, Signature::Hash> kinds_; // the number of each
  std::vector<Seen> seen_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
