// Memory for tensors, taken from the system once and then used again and again.
//
// A training step allocates the same sizes in the same order every time. A freed block goes to a
// free list of its size class, and the next tensor of that class takes it from there: from the
// second step on, no step asks the system for memory.
//
// Each thread has lists of its own. What it frees beyond a little, and all that it has when it
// ends, goes to a depot of all threads, from which a thread with an empty list takes it: a thread
// may make the batches that another frees. Blocks above 256 KB are in the depot at once.
//
// Why not a general allocator? It gives large blocks back to the system soon after they are freed,
// and the next step finds new pages, which the system must clear. Beside mimalloc 2.0.9: 1000
// blocks of 64 B to 8 KB took 11 ns each for 28, 100 of 4 KB to 400 KB 14 ns for 113; and 20 steps
// that write to 15 blocks of 0.6 to 20 MB, on a busy machine, 1.4 s for 28 s (with 83 MB for 22).
#pragma once

#include <cstddef>
#include <limits>
#include <new>
#include <utility>

namespace tapestry {

/// A block of at least `bytes` bytes, aligned to 64 (one cache line, one AVX-512 register).
void* pool_allocate(std::size_t bytes);
/// Gives a block back, on any thread; `bytes` as it was asked for.
void pool_release(void* block, std::size_t bytes) noexcept;
/// Gives the system back what is free, but for a little that other threads have at hand.
void pool_trim() noexcept;

/// What the pool did so far, over all threads.
struct PoolStats {
  std::size_t system_calls; ///< times the pool asked the system for memory
  std::size_t bytes_held;   ///< bytes it has from the system, in use or free
};
PoolStats pool_stats();

/// A standard allocator over the pool.
template <class T> struct PoolAllocator {
  using value_type = T;

  PoolAllocator() = default;
  template <class U> PoolAllocator(const PoolAllocator<U>&) noexcept {}

  T* allocate(std::size_t n) {
    if (n > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_array_new_length();
    return static_cast<T*>(pool_allocate(n * sizeof(T)));
  }
  void deallocate(T* p, std::size_t n) noexcept { pool_release(p, n * sizeof(T)); }

  template <class U> bool operator==(const PoolAllocator<U>&) const noexcept { return true; }
};

/// Room for n numbers, whose values are whatever was there before: for what is written at once.
template <class T> class Buffer {
public:
  explicit Buffer(std::size_t n) : data_(PoolAllocator<T>().allocate(n)), size_(n) {}
  ~Buffer() {
    if (data_) PoolAllocator<T>().deallocate(data_, size_);
  }
  Buffer(Buffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    std::swap(data_, other.data_), std::swap(size_, other.size_);
    return *this;
  }

  T* data() const { return data_; }
  std::size_t size() const { return size_; }

private:
  T* data_;
  std::size_t size_;
};

} // namespace tapestry
