// Memory for tensors, taken from the system once and then used again and again.
//
// A training step allocates the same sizes in the same order every time. A freed block goes to a
// free list of its size class, and the next tensor of that class takes it from there: from the
// second step on, no step asks the system for memory.
#pragma once

#include <cstddef>

namespace tapestry {

/// A block of at least `bytes` bytes, aligned to 64 (one cache line, one AVX-512 register).
void* pool_allocate(std::size_t bytes);
/// Gives a block back; `bytes` as it was asked for.
void pool_release(void* block, std::size_t bytes) noexcept;

/// What the pool did so far, over all threads.
struct PoolStats {
  std::size_t system_calls; ///< times the pool asked the system for memory
  std::size_t bytes_held;   ///< bytes it got and never gives back
};
PoolStats pool_stats();

/// A standard allocator over the pool.
template <class T> struct PoolAllocator {
  using value_type = T;

  PoolAllocator() = default;
  template <class U> PoolAllocator(const PoolAllocator<U>&) noexcept {}

  T* allocate(std::size_t n) { return static_cast<T*>(pool_allocate(n * sizeof(T))); }
  void deallocate(T* p, std::size_t n) noexcept { pool_release(p, n * sizeof(T)); }

  template <class U> bool operator==(const PoolAllocator<U>&) const noexcept { return true; }
};

} // namespace tapestry
