#include "autograd/batching/fiber.hpp"

#include <cxxabi.h>

#include <cstdint>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

#include <boost/context/fiber.hpp>
#include <boost/context/protected_fixedsize_stack.hpp>
#include <fmt/format.h>

#include "autograd/place.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define TAPESTRY_FIBER_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TAPESTRY_FIBER_ASAN
#endif
#endif
#ifdef TAPESTRY_FIBER_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace tapestry {
namespace {

namespace context = boost::context;

// Stacks are used again: a new one is a call of the system, and a fault for each page.
struct SpareStacks {
  std::vector<context::stack_context> all;
  std::size_t bytes = 0;
  void clear() {
    for (context::stack_context& s : all) context::protected_fixedsize_stack(bytes).deallocate(s);
    all.clear();
  }
  ~SpareStacks() { clear(); }
};
thread_local SpareStacks spare_stacks;
constexpr std::size_t most_spare_stacks = 4096;

context::stack_context take_stack(std::size_t bytes) {
  SpareStacks& spare = spare_stacks;
  if (spare.bytes != bytes) spare.clear();
  spare.bytes = bytes;
  if (spare.all.empty()) try {
      return context::protected_fixedsize_stack(bytes).allocate();
    } catch (const std::bad_alloc&) {
      throw std::runtime_error(fmt::format("the system has no room for one more stack of {} KB; "
                                           "take fewer stack_bytes, or run fewer "
                                           "examples and parts that wait for each other",
                                           bytes >> 10));
    }
  const context::stack_context stack = spare.all.back();
  spare.all.pop_back();
  return stack;
}

void give_stack(context::stack_context stack, std::size_t bytes) {
  SpareStacks& spare = spare_stacks;
  if (spare.bytes == bytes && spare.all.size() < most_spare_stacks)
    spare.all.push_back(stack);
  else
    context::protected_fixedsize_stack(bytes).deallocate(stack);
}

} // namespace

struct Fiber::State {
  // Boost's hold on the stack; who gives it back is leave().
  struct Borrowed {
    context::stack_context stack;
    context::stack_context allocate() { return stack; }
    void deallocate(context::stack_context&) {}
  };

  // Which exceptions are being handled, and how many are on their way. The language keeps it for
  // each thread, as a list in which the newest is first: fibers that stop inside a `catch` would
  // mix it up.
  struct Handled {
    void* words[2] = {nullptr, nullptr};
    void exchange() {
      void* const now = abi::__cxa_get_globals();
      void* before[2];
      std::memcpy(before, now, sizeof before);
      std::memcpy(now, words, sizeof words);
      std::memcpy(words, before, sizeof before);
    }
  };

  State(std::size_t bytes, std::function<void()> f) : stack_bytes(bytes), program(std::move(f)) {}
  ~State() { leave(); }

  std::size_t stack_bytes;
  std::function<void()> program;
  context::stack_context stack;
  context::fiber inside, outside; // where to go on: here, and for whoever resumes
  bool begun = false, ended = false;
  // What this thread keeps of calls that have not returned. It changes with the stack.
  const Inside* innermost = nullptr;
  Handled handled;
#ifdef TAPESTRY_FIBER_ASAN
  const void* outside_bottom = nullptr;
  std::size_t outside_size = 0;
  void* own_fake = nullptr;
#endif

  void begin() {
    stack = take_stack(stack_bytes);
    begun = true;
    inside = context::fiber(std::allocator_arg, Borrowed{stack}, [this](context::fiber&& caller) {
      outside = std::move(caller);
#ifdef TAPESTRY_FIBER_ASAN
      __sanitizer_finish_switch_fiber(nullptr, &outside_bottom, &outside_size);
#endif
      program();
      ended = true;
#ifdef TAPESTRY_FIBER_ASAN
      __sanitizer_start_switch_fiber(nullptr, outside_bottom, outside_size);
#endif
      return std::move(outside);
    });
  }

  // Boost's own objects lie on the stack until `inside` is empty.
  void leave() {
    inside = {};
    if (stack.sp) give_stack(stack, stack_bytes);
    stack = {};
  }

  void exchange_scopes() {
    innermost = Inside::exchange(innermost);
    handled.exchange();
  }
};

Fiber::Fiber(std::size_t stack_bytes, std::function<void()> program)
    : state_(std::make_unique<State>(stack_bytes, std::move(program))) {
  state_->innermost = Inside::exchange(nullptr); // the layers around whoever makes it
  Inside::exchange(state_->innermost);
}
Fiber::~Fiber() = default;
Fiber::Fiber(Fiber&&) noexcept = default;
Fiber& Fiber::operator=(Fiber&&) noexcept = default;

bool Fiber::begun() const { return state_->begun; }
bool Fiber::ended() const { return state_->ended; }

void Fiber::resume() {
  State& s = *state_;
  if (!s.begun) s.begin();
  s.exchange_scopes();
#ifdef TAPESTRY_FIBER_ASAN
  void* fake = nullptr;
  __sanitizer_start_switch_fiber(&fake, static_cast<char*>(s.stack.sp) - s.stack.size,
                                 s.stack.size);
#endif
  s.inside = std::move(s.inside).resume();
#ifdef TAPESTRY_FIBER_ASAN
  __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
#endif
  s.exchange_scopes();
  if (s.ended) s.leave();
}

void Fiber::suspend() {
  State& s = *state_;
#ifdef TAPESTRY_FIBER_ASAN
  __sanitizer_start_switch_fiber(&s.own_fake, s.outside_bottom, s.outside_size);
#endif
  s.outside = std::move(s.outside).resume();
#ifdef TAPESTRY_FIBER_ASAN
  __sanitizer_finish_switch_fiber(s.own_fake, &s.outside_bottom, &s.outside_size);
#endif
}

std::size_t Fiber::stack_left() const {
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  const auto bottom = reinterpret_cast<std::uintptr_t>(state_->stack.sp) - state_->stack.size;
  return here - bottom;
}

} // namespace tapestry
