// The pool, and that a training step asks the system for no memory from its second run on.
//
// Counted are calls of operator new, all of them: std::vector, std::function and the pool itself
// go through it.
#include <atomic>
#include <cstdlib>
#include <new>

#include "check.hpp"

#ifndef __SANITIZE_ADDRESS__ // its own operator new must stay, and the pool is off

namespace {
std::atomic<std::size_t> news{0};
}

#pragma GCC diagnostic ignored "-Wmismatched-new-delete" // the pairs are all below

void* operator new(std::size_t n) {
  ++news;
  if (void* p = std::malloc(n ? n : 1)) return p;
  throw std::bad_alloc();
}
void* operator new(std::size_t n, std::align_val_t a) {
  ++news;
  const auto align = static_cast<std::size_t>(a);
  if (void* p = std::aligned_alloc(align, (n + align - 1) / align * align)) return p;
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

using namespace tapestry;

namespace {

struct Calls {
  std::size_t news, pool;
};

// What the fifth run of a step asks for.
template <class Step> Calls calls_of(Step step) {
  for (int warm = 0; warm < 4; ++warm) step();
  const std::size_t n = news, p = pool_stats().system_calls;
  step();
  return {news - n, pool_stats().system_calls - p};
}

#define NO_CALLS(...)                                                                              \
  do {                                                                                             \
    const Calls calls = calls_of(__VA_ARGS__);                                                     \
    BOOST_CHECK_EQUAL(calls.pool, 0);                                                              \
    BOOST_CHECK_EQUAL(calls.news, 0);                                                              \
  } while (false)

} // namespace

BOOST_AUTO_TEST_SUITE(pool)

BOOST_AUTO_TEST_CASE(a_training_step_asks_for_nothing) {
  const Parameter w1{"w1", random({16, 8}, 1)}, b1{"b1", zeros({16})};
  const Parameter w2{"w2", random({5, 16}, 2)}, b2{"b2", zeros({5})};
  const Var x = constant(random({7, 8}, 3));
  const Indices targets{0, 1, 2, 3, 4, 0, 1};
  NO_CALLS([&] {
    Tape tape;
    const Var hidden = tanh(linear(x, w1, b1));
    tape.backward(cross_entropy(linear(hidden, w2, b2), targets));
  });
}

BOOST_AUTO_TEST_CASE(no_operator_asks_for_anything) {
  const Var x = variable(positive({6, 5})), r = variable(random({5})), q = variable(random({5, 5}));
  const Axes last{-1}, flip{1, 0};
  const Indices ids{{1, 2}, {0, 1}};
  const Shape flat{30}, wide{2, 6, 5};
  Rng rng(1);
  const auto step = [](auto f) {
    return [=] {
      Tape tape;
      const Var y = f();
      if (y.rank() == 0)
        tape.backward(y);
      else
        tape.backward(sum(y));
    };
  };
  NO_CALLS(step([&] { return x + r * x - x / r; }));
  NO_CALLS(step([&] { return maximum(x, r) + (-x); }));
  NO_CALLS(step([&] { return exp(log(x)) + tanh(sigmoid(x)); }));
  NO_CALLS(step([&] { return sqrt(square(x)) + pow(x, 3); }));
  NO_CALLS(step([&] { return relu(x) + abs(clamp(x, 0.7, 1)); }));
  NO_CALLS(step([&] { return matmul(x, q); }));
  NO_CALLS(step([&] { return sum(x, last); }));
  NO_CALLS(step([&] { return mean(x, last, true); }));
  NO_CALLS(step([&] { return max(x, last); }));
  NO_CALLS(step([&] { return var(x, last); }));
  NO_CALLS(step([&] { return reshape(x, flat); }));
  NO_CALLS(step([&] { return transpose(x, flip); }));
  NO_CALLS(step([&] { return transpose(x); }));
  NO_CALLS(step([&] { return broadcast_to(x, wide); }));
  NO_CALLS(step([&] { return slice(x, 0, 1, 4); }));
  NO_CALLS(step([&] { return select(x, 1, 2); }));
  NO_CALLS(step([&] { return embedding(x, ids); }));
  NO_CALLS(step([&] { return softmax(x); }));
  NO_CALLS(step([&] { return log_softmax(x); }));
  NO_CALLS(step([&] { return mse_loss(x, x * 2); }));
  NO_CALLS(step([&] { return dropout(x, 0.5, rng); }));
}

BOOST_AUTO_TEST_CASE(blocks_are_aligned_and_come_back) {
  for (std::size_t bytes : {1, 63, 64, 65, 80, 81, 127, 128, 129, 1000, 4096, 4097, 1'000'000}) {
    void* block = pool_allocate(bytes);
    BOOST_CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(block) % 64, 0);
    std::fill_n(static_cast<char*>(block), bytes, 'x');
    pool_release(block, bytes);
    BOOST_CHECK(pool_allocate(bytes) == block); // the one just freed
    pool_release(block, bytes);
  }
}

BOOST_AUTO_TEST_CASE(a_quarter_is_wasted_at_most) {
  for (std::size_t bytes : {65, 81, 97, 113, 129, 161, 1025, 1281, 100'001, 3'000'001}) {
    std::size_t before = pool_stats().bytes_held;
    std::vector<void*> blocks; // until the free list is empty
    while (pool_stats().bytes_held <= before) {
      before = pool_stats().bytes_held; // less, where free blocks of other sizes were given back
      blocks.push_back(pool_allocate(bytes));
    }
    const std::size_t got = pool_stats().bytes_held - before;
    BOOST_CHECK_GE(got, bytes);
    BOOST_CHECK_LE(static_cast<double>(got), 1.25 * static_cast<double>(bytes) + 64);
    for (void* block : blocks) pool_release(block, bytes);
  }
}

BOOST_AUTO_TEST_SUITE_END()

#endif
