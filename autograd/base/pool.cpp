#include "autograd/base/pool.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <limits>
#include <mutex>
#include <new>
#include <utility>

#ifdef __GLIBC__
#include <malloc.h>
#endif

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

[[maybe_unused]] constexpr SizeClass size_class(std::size_t bytes) {
  if (bytes <= alignment) return {0, alignment};
  const std::size_t octave = std::bit_width(bytes - 1) - 1; // 2^octave < bytes <= 2^(octave+1)
  const std::size_t step = std::size_t{1} << (octave - 2);
  const std::size_t quarter = (bytes - 1 - (std::size_t{1} << octave)) / step; // 0..3
  return {1 + (octave - 6) * 4 + quarter, (std::size_t{1} << octave) + (quarter + 1) * step};
}

void* from_system(std::size_t bytes) {
  void* block;
  try {
    block = ::operator new (bytes, std::align_val_t{alignment});
  } catch (const std::bad_alloc&) {
    pool_trim();
    block = ::operator new (bytes, std::align_val_t{alignment});
  }
  system_calls.fetch_add(1, std::memory_order_relaxed);
  bytes_held.fetch_add(bytes, std::memory_order_relaxed);
  return block;
}
[[maybe_unused]] void to_system(void* block, std::size_t bytes) noexcept {
  bytes_held.fetch_sub(bytes, std::memory_order_relaxed);
  ::operator delete (block, std::align_val_t{alignment});
}

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
void pool_trim() noexcept {}

#else

namespace {

constexpr SizeClass last_small = size_class(std::size_t{1} << 18);
constexpr std::size_t largest = std::size_t{1} << 60; // bytes; no machine has as many
constexpr std::size_t small_classes = last_small.index + 1;
constexpr std::size_t all_classes = size_class(largest).index + 1;

// Small blocks lie in lists of the thread that freed them, where no lock is taken. A free block
// holds the pointer to the next one; the first of a batch, to the next batch in the depot, and how
// many blocks are in its own.
struct FreeBlock {
  FreeBlock* next;
  FreeBlock* next_batch = nullptr;
  std::size_t in_batch = 0;
};
struct List {
  FreeBlock* first;
  std::size_t count;
};
[[maybe_unused]] thread_local List lists[small_classes];

// So many blocks go from a thread to the depot and back at once: as take 256 KB.
constexpr std::size_t batch_of(std::size_t bytes) {
  return std::clamp<std::size_t>((std::size_t{1} << 18) / bytes, 1, 128);
}

// Before each large block stands which class it is of; free ones are in lists of it.
struct alignas(alignment) Large {
  SizeClass size;
  Large* next;
};

// What all threads share. A thread that allocates and another that frees meet here.
struct Depot {
  std::mutex lock;
  FreeBlock* batches[small_classes];
  Large* large[all_classes];
  std::size_t large_held, large_used, most_large_used; // bytes

  FreeBlock* take_batch(std::size_t index) {
    const std::lock_guard guard(lock);
    FreeBlock* const first = batches[index];
    if (first) batches[index] = first->next_batch;
    return first;
  }

  void give_batch(std::size_t index, FreeBlock* first, std::size_t blocks) {
    const std::lock_guard guard(lock);
    first->in_batch = blocks;
    first->next_batch = std::exchange(batches[index], first);
  }

  Large* pop_large(std::size_t first, std::size_t last) {
    for (std::size_t i = first; i <= std::min(last, all_classes - 1); ++i)
      if (large[i]) return std::exchange(large[i], large[i]->next);
    return nullptr;
  }

  void give_back(Large* block) {
    large_held -= block->size.bytes;
    to_system(block, sizeof(Large) + block->size.bytes);
  }

  // A free block, or null: then there is to be a new one. Of this class alone, as long as there is
  // room, so that a step which is repeated finds what it left. But where batches are of many sizes,
  // each would add blocks of its own. So beyond one and a half times what was ever in use at once,
  // a block of up to four times the size will do, and else free ones go back to the system, the
  // largest first.
  Large* take_large(SizeClass c) {
    const std::lock_guard guard(lock);
    Large* block = pop_large(c.index, c.index);
    const std::size_t used = std::max(most_large_used, large_used + c.bytes);
    const auto no_room = [&] { return large_held + c.bytes > used + used / 2; };
    if (!block && no_room()) {
      block = pop_large(c.index + 1, c.index + 8);
      for (std::size_t i = all_classes; !block && i-- > 0;)
        while (large[i] && no_room()) give_back(std::exchange(large[i], large[i]->next));
    }
    if (block) count_used(block->size.bytes);
    return block;
  }

  void give_large(Large* block) {
    const std::lock_guard guard(lock);
    large_used -= block->size.bytes;
    block->next = std::exchange(large[block->size.index], block);
  }

  void count_used(std::size_t bytes) {
    large_used += bytes;
    most_large_used = std::max(most_large_used, large_used);
  }

  void count_new(std::size_t bytes) {
    const std::lock_guard guard(lock);
    large_held += bytes;
    count_used(bytes);
  }
};
Depot depot; // never destroyed: a static tensor may be freed after everything else

// What a thread holds goes to the depot when it ends. Whatever is destroyed after this object finds
// `ended`, and keeps nothing.
thread_local bool known = false, ended = false;
void hand_over() {
  for (std::size_t i = 0; i < small_classes; ++i) {
    const List all = std::exchange(lists[i], {});
    if (all.first) depot.give_batch(i, all.first, all.count);
  }
}
struct AtEnd {
  AtEnd() { known = true; }
  ~AtEnd() { hand_over(), ended = true; }
};
[[gnu::noinline]] void meet_this_thread() { [[maybe_unused]] thread_local const AtEnd at_end; }

[[gnu::noinline]] void* allocate_large(SizeClass c) {
  Large* block = depot.take_large(c);
  if (!block) {
    block = new (from_system(sizeof(Large) + c.bytes)) Large{c, nullptr};
    depot.count_new(c.bytes);
  }
  return block + 1;
}

// For a thread that has no free block of this class.
[[gnu::noinline]] void* allocate_small(SizeClass c) {
  FreeBlock* const first = depot.take_batch(c.index);
  if (!first) return from_system(c.bytes);
  if (ended) {
    if (first->next) depot.give_batch(c.index, first->next, first->in_batch - 1);
    return first;
  }
  if (!known) meet_this_thread();
  lists[c.index] = {first->next, first->in_batch - 1};
  return first;
}

// For a thread that has enough free blocks of this class.
[[gnu::noinline]] void give_a_batch(SizeClass c, List& list) noexcept {
  const std::size_t batch = ended ? 1 : batch_of(c.bytes);
  FreeBlock* const first = list.first;
  FreeBlock* last = first;
  for (std::size_t i = 1; i < batch; ++i) last = last->next;
  list = {std::exchange(last->next, nullptr), list.count - batch};
  depot.give_batch(c.index, first, batch);
}

} // namespace

void* pool_allocate(std::size_t bytes) {
  if (bytes > largest) throw std::bad_array_new_length();
  const SizeClass c = size_class(bytes);
  if (c.index >= small_classes) return allocate_large(c);
  List& list = lists[c.index];
  if (!list.first) return allocate_small(c);
  --list.count;
  void* const block = std::exchange(list.first, list.first->next);
  __builtin_prefetch(list.first, 1); // it will be written to, and was used long ago
  return block;
}

void pool_release(void* block, std::size_t bytes) noexcept {
  const SizeClass c = size_class(bytes);
  if (c.index >= small_classes) return depot.give_large(static_cast<Large*>(block) - 1);
  if (!known) meet_this_thread();
  List& list = lists[c.index];
  list.first = new (block) FreeBlock{list.first};
  if (++list.count >= 2 * batch_of(c.bytes) || ended) give_a_batch(c, list);
}

void pool_trim() noexcept {
  hand_over();
  {
    const std::lock_guard guard(depot.lock);
    for (std::size_t i = 0; i < all_classes; ++i)
      while (depot.large[i]) depot.give_back(std::exchange(depot.large[i], depot.large[i]->next));
  }
  for (std::size_t bytes = alignment; bytes <= last_small.bytes; bytes = bytes + 1) {
    const SizeClass c = size_class(bytes);
    bytes = c.bytes;
    while (FreeBlock* batch = depot.take_batch(c.index))
      while (batch) to_system(std::exchange(batch, batch->next), c.bytes);
  }
#ifdef __GLIBC__
  malloc_trim(0); // it keeps what was freed below a block that is in use
#endif
}

#endif

PoolStats pool_stats() { return {system_calls.load(), bytes_held.load()}; }

} // namespace tapestry
