#include "autograd/batching/together.hpp"

#include "autograd/batching/batch.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

void run_each_together(std::size_t n, const std::function<void(std::size_t)>& program,
                       const TogetherOptions& options) {
  if (batching() && running_batch->in_own_scopes()) return running_batch->run_within(n, program);
  Batch(options).run(n, program);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
