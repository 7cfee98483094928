// Learning rates over time, as factors of the base rate. A schedule is a function of the step and
// nothing else, so a resumed run needs no memory of it: `optimizer.lr = base * schedule(step)`.
#pragma once

#include <cstddef>
#include <functional>

#include "autograd/base/real.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

using Schedule = std::function<double(std::size_t step)>;

/// gamma^(step / size): a cut by gamma every `size` steps. std::invalid_argument if that is 0.
Schedule step_schedule(std::size_t size, double gamma);
/// Half a cosine from 1 at step 0 down to `floor` at step `total` (Loshchilov and Hutter 2017, eq.
/// 5). std::invalid_argument if `total` is 0.
Schedule cosine_schedule(std::size_t total, double floor = 0);
/// A straight line from 1/steps up to 1 over the first `steps` steps, then `after`, from its start.
Schedule warm_up(std::size_t steps, Schedule after);

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
