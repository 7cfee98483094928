// The pool where memory changes threads, and where batches are of many sizes: what it holds is
// bounded.
#include <atomic>
#include <cstring>
#include <future>
#include <limits>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "autograd/base/pool.hpp"

using namespace tapestry;

// The address sanitizer must see every block come and go: the pool is off.
#if defined(__SANITIZE_ADDRESS__)
#define TAPESTRY_POOL_OFF
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TAPESTRY_POOL_OFF
#endif
#endif

BOOST_AUTO_TEST_SUITE(pool_threads)

BOOST_AUTO_TEST_CASE(too_many_bytes) {
  BOOST_CHECK_THROW(PoolAllocator<double>().allocate((std::size_t{1} << 61) + 8), std::bad_alloc);
  BOOST_CHECK_THROW(PoolAllocator<double>().allocate((std::size_t{1} << 60) + 8), std::bad_alloc);
  BOOST_CHECK_THROW(pool_allocate(std::numeric_limits<std::size_t>::max()), std::bad_alloc);
}

#ifndef TAPESTRY_POOL_OFF

namespace {

std::size_t held() { return pool_stats().bytes_held; }

// Blocks on their way from the thread that fills them to the one that frees them.
class Queue {
public:
  void put(void* block) {
    const std::lock_guard guard(lock_);
    blocks_.push_back(block);
  }
  void* take() {
    const std::lock_guard guard(lock_);
    if (blocks_.empty()) return nullptr;
    void* const block = blocks_.back();
    blocks_.pop_back();
    return block;
  }
  std::size_t size() {
    const std::lock_guard guard(lock_);
    return blocks_.size();
  }

private:
  std::mutex lock_;
  std::vector<void*> blocks_;
};

} // namespace

BOOST_AUTO_TEST_CASE(one_thread_allocates_and_another_frees) {
  for (const std::size_t bytes : {100, 10'000, 1'000'000, 1'600'000}) {
    pool_trim();
    const std::size_t before = held();
    Queue queue;
    constexpr int blocks = 3000;
    std::thread consumer([&] {
      for (int n = 0; n < blocks;) {
        void* block = queue.take();
        if (!block) {
          std::this_thread::yield();
          continue;
        }
        pool_release(block, bytes);
        ++n;
      }
    });
    std::size_t most = 0;
    for (int n = 0; n < blocks; ++n) {
      while (queue.size() >= 4) std::this_thread::yield();
      void* block = pool_allocate(bytes);
      std::memset(block, n, 64);
      queue.put(block);
      most = std::max(most, held() - before);
    }
    consumer.join();
    BOOST_TEST_CONTEXT(bytes) {
      // those under way, and two batches of 256 KB, or two blocks, at hand in each thread
      BOOST_CHECK_LE(most, 12 * 5 * bytes / 4 + 4 * (256 << 10));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_thread_for_each_task) {
  for (const std::size_t bytes : {1000, 300'000, 4'000'000}) {
    pool_trim();
    const std::size_t before = held();
    const auto task = [bytes] {
      std::vector<void*> blocks;
      for (int i = 0; i < 10; ++i) blocks.push_back(pool_allocate(bytes));
      for (void* block : blocks) pool_release(block, bytes);
    };
    std::thread(task).join();
    const std::size_t one = held() - before;
    for (int i = 0; i < 30; ++i) std::thread(task).join();
    BOOST_CHECK_EQUAL(held() - before, one);
    pool_trim();
    BOOST_CHECK_EQUAL(held(), before);
  }
}

// Thread-local objects may be destroyed after the thread's lists: what they free is not lost.
BOOST_AUTO_TEST_CASE(freed_after_the_lists_are_gone) {
  struct Late {
    void* block = nullptr;
    ~Late() {
      if (block) pool_release(block, 5000);
      pool_release(pool_allocate(7000), 7000);
    }
  };
  const auto task = [] {
    thread_local Late late; // made before the lists
    late.block = pool_allocate(5000);
  };
  std::thread(task).join();
  const std::size_t one = held();
  for (int i = 0; i < 20; ++i) std::thread(task).join();
  BOOST_CHECK_EQUAL(held(), one);
}

// A step of a training on batches of another length each time.
BOOST_AUTO_TEST_CASE(batches_of_many_sizes) {
  const auto step = [](std::size_t length) {
    std::vector<std::pair<void*, std::size_t>> blocks;
    for (std::size_t i = 0; i < 12; ++i) {
      const std::size_t bytes = length * 64 * 256 * (1 + i % 4);
      blocks.emplace_back(pool_allocate(bytes), bytes);
    }
    for (const auto& [block, bytes] : blocks) pool_release(block, bytes);
  };
  pool_trim();
  const std::size_t before = held();
  step(80);
  const std::size_t longest = held() - before;
  pool_trim();
  for (std::size_t i = 0; i < 300; ++i) step(5 + i * 29 % 76);
  BOOST_CHECK_LE(held() - before, longest + longest * 3 / 4);
}

BOOST_AUTO_TEST_CASE(the_same_step_again_asks_for_nothing) {
  const auto step = [] {
    std::vector<std::pair<void*, std::size_t>> blocks;
    for (std::size_t i = 0; i < 200; ++i) {
      const std::size_t bytes = i * i * 7919 % 5'000'000;
      blocks.emplace_back(pool_allocate(bytes), bytes);
      if (i % 3 == 0) pool_release(blocks[i / 2].first, blocks[i / 2].second), blocks[i / 2] = {};
    }
    for (const auto& [block, bytes] : blocks)
      if (block) pool_release(block, bytes);
  };
  pool_trim();
  step();
  const std::size_t calls = pool_stats().system_calls;
  for (int i = 0; i < 5; ++i) step();
  BOOST_CHECK_EQUAL(pool_stats().system_calls, calls);
}

BOOST_AUTO_TEST_CASE(trimming_gives_back_what_is_free) {
  pool_trim();
  const std::size_t before = held();
  void* const used = pool_allocate(2'000'000);
  for (const std::size_t bytes : {64, 5000, 1'000'000, 48'000'000})
    pool_release(pool_allocate(bytes), bytes);
  BOOST_CHECK_GT(held() - before, 50'000'000);
  pool_trim();
  BOOST_CHECK_LT(held() - before, 2'700'000); // what is used
  pool_release(used, 2'000'000);
  pool_trim();
  BOOST_CHECK_EQUAL(held(), before);
}

#endif

BOOST_AUTO_TEST_SUITE_END()
