// Counts what a test program asks of malloc, itself and in every library that it uses.
#pragma once

#include <cstddef>

// The address sanitizer has a malloc of its own, and the pool is off; other C libraries than glibc
// have no name for the malloc below ours.
#if defined(__SANITIZE_ADDRESS__)
#define TAPESTRY_ADDRESS_SANITIZER
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TAPESTRY_ADDRESS_SANITIZER
#endif
#endif
#if defined(__GLIBC__) && !defined(TAPESTRY_ADDRESS_SANITIZER)
#define TAPESTRY_COUNTS_MALLOCS

namespace tapestry::counted {

/// Calls of malloc and its kin so far, over all threads: new, std::vector and the pool all end
/// there.
std::size_t mallocs();

/// The calls of the `steps` runs of a step that follow the first.
template <class Step> std::size_t mallocs_after_the_first(int steps, Step step) {
  step();
  const std::size_t before = mallocs();
  for (int i = 0; i < steps; ++i) step();
  return mallocs() - before;
}

} // namespace tapestry::counted

#endif
