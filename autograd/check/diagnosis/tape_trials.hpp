// Experiments on single records of the tape. A pull-back can be run again and again, with other
// gradients arriving and other gradients lying there already, and so gives away what no finite
// difference sees: whether it adds, and whether it is linear.
#pragma once

#include <optional>

#include "autograd/check/diagnosis/finding.hpp"
#include "autograd/check/diagnosis/subject.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {

/// Overwritten gradients, upstream gradients that are ignored or not treated linearly, in any
/// record of the tape that f writes where the subject is.
Findings try_every_record(Subject& subject, Rng& rng);

/// The records that change the gradient that arrives.
Findings changed_upstream(Subject& subject, std::size_t record, Rng& rng);

/// Values that a later call, at `other`, takes away from an earlier one.
Findings later_call_changes(Subject& subject, const Point& other, Rng& rng);

/// The first record of the tape whose derivative with respect to the arguments is wrong, and from
/// which wrong ones lead to the output: there stands the operator to blame.
struct Blamed {
  std::size_t record, records;
  std::string operation; ///< "matmul at ch05_modules/mlp.cpp:31"
};
std::optional<Blamed> first_wrong_record(Subject& subject, const Point& point, Rng& rng);

/// Constants on the tape that change when the arguments do: cut off by detach(), or made anew from
/// a value. Only those that the record to blame takes in, if there is one.
Findings find_cuts(Subject& subject, const Point& point, const std::optional<Blamed>& blamed,
                   Rng& rng);

/// What that record took in, where the subject is now.
std::vector<Tensor> inputs_of(Subject& subject, std::size_t record);

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
