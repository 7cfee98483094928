#include "autograd/base/pool.hpp"

#include <atomic>
#include <bit>
#include <cstring>
#include <new>

namespace tapestry {
namespace {

constexpr std::size_t alignment = 64;
std::atomic<std::size_t> system_calls{0};
std::atomic<std::size_t> bytes_held{0};

// Four size classes an octave, 64 bytes at least: at most a quarter of a block is wasted.
struct SizeClass {
  std::size_t index;
  std::size_t bytes;
};

[[maybe_unused]] SizeClass size_class(std::size_t bytes) {
  if (bytes <= alignment) return {0, alignment};
  const std::size_t octave = std::bit_width(bytes - 1) - 1; // 2^octave < bytes <= 2^(octave+1)
  const std::size_t step = std::size_t{1} << (octave - 2);
  const std::size_t quarter = (bytes - 1 - (std::size_t{1} << octave)) / step; // 0..3
  return {1 + (octave - 6) * 4 + quarter, (std::size_t{1} << octave) + (quarter + 1) * step};
}

void* from_system(std::size_t bytes) {
  system_calls.fetch_add(1, std::memory_order_relaxed);
  bytes_held.fetch_add(bytes, std::memory_order_relaxed);
  return ::operator new (bytes, std::align_val_t{alignment});
}

// A free block holds the pointer to the next one. Each thread has lists of its own, so no lock is
// taken; they are never torn down, so a static tensor may be freed after them.
struct FreeBlock {
  FreeBlock* next;
};
[[maybe_unused]] thread_local FreeBlock* free_lists[4 * 58 + 1];

} // namespace

// The address sanitizer must see every block come and go, or it could not tell a dangling view. The
// checks of exercises fill every block with NaN, so that what was never written shows.
#if defined(__SANITIZE_ADDRESS__) || defined(TAPESTRY_POOL_FILL)
#define TAPESTRY_POOL_OFF
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TAPESTRY_POOL_OFF
#endif
#endif

#ifdef TAPESTRY_POOL_OFF

void* pool_allocate(std::size_t bytes) {
  void* block = from_system(bytes);
#ifdef TAPESTRY_POOL_FILL
  std::memset(block, 0xff, bytes);
#endif
  return block;
}
void pool_release(void* block, std::size_t) noexcept {
  ::operator delete (block, std::align_val_t{alignment});
}

#else

void* pool_allocate(std::size_t bytes) {
  const SizeClass c = size_class(bytes);
  FreeBlock*& head = free_lists[c.index];
  if (!head) return from_system(c.bytes);
  FreeBlock* block = head;
  head = block->next;
  return block;
}

void pool_release(void* block, std::size_t bytes) noexcept {
  FreeBlock*& head = free_lists[size_class(bytes).index];
  head = new (block) FreeBlock{head};
}

#endif

PoolStats pool_stats() { return {system_calls.load(), bytes_held.load()}; }

} // namespace tapestry
