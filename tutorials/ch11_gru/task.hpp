// The task of this chapter: hold the value that was stored last.
#pragma once

#include "autograd/random.hpp"
#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

constexpr std::size_t steps = 40, batch = 12; // so small a batch runs on one thread

//> task
// x: (T, B, 2), value and store, as in chapter 10. answer: (T, B, 1), in every step the value that
// was stored last, 0 before the first.
struct Task {
  Tensor x, answer;
};

inline Task draw(Rng& rng) {
  Task task{zeros({steps, batch, 2}), zeros({steps, batch, 1})};
  for (std::size_t b = 0; b < batch; ++b) {
    real stored = 0;
    for (std::size_t t = 0; t < steps; ++t) {
      const real value = rng.chance(0.5) ? 1 : -1;
      const bool store = rng.chance(0.1);
      if (store) stored = value;
      task.x(t, b, 0) = value, task.x(t, b, 1) = store;
      task.answer(t, b, 0) = stored;
    }
  }
  return task;
}
//< task

} // namespace tapestry::inline TAPESTRY_PRECISION
