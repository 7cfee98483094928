#include "autograd/base/parallel.hpp"

#include <pthread.h>

#ifdef __linux__
#include <sched.h>
#endif

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <exception>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "autograd/base/cores.hpp"

namespace tapestry {
namespace {

constexpr std::size_t most_threads = 1024;

thread_local bool inside = false; // on a thread that takes the parts of a job

thread_local JobState own_state = nullptr; // as set here
thread_local JobState jobs_state = nullptr;
thread_local bool in_part = false;

// While this thread runs parts of a job whose caller had this state.
class PartOf {
public:
  explicit PartOf(JobState state) { in_part = true, jobs_state = state; }
  ~PartOf() { in_part = was_in_part_, jobs_state = state_; }
  PartOf(const PartOf&) = delete;
  PartOf& operator=(const PartOf&) = delete;

private:
  const bool was_in_part_ = in_part;
  const JobState state_ = jobs_state;
};

// For a job inside a part: a part that has set none is in the middle of what its caller is.
JobState state_to_hand_on() { return own_state ? own_state : jobs_state; }

// What TAPESTRY_THREADS asks for, or as many as there are cores.
std::size_t wanted_threads() {
  const char* text = std::getenv("TAPESTRY_THREADS");
  if (!text || !*text) return usable_cores();
  std::size_t n = 0;
  const char* end = text + std::strlen(text);
  const auto [after, error] = std::from_chars(text, end, n);
  const bool too_many = n > most_threads || error == std::errc::result_out_of_range;
  if (after == end && n > 0 && !too_many) return n;
  const std::size_t instead = after == end && too_many ? most_threads : usable_cores();
  std::fprintf(stderr,
               "TAPESTRY_THREADS is \"%s\", expected a whole number from 1 to %zu: "
               "going on with %zu\n",
               text, most_threads, instead);
  return instead;
}

// How many threads' worth of parts work is cut into, and how many threads run them.
std::atomic<std::size_t> threads{0}, running{0}; // 0: not yet known

// To sleep and be woken takes as long as 100 microseconds, and jobs follow each other faster: so a
// thread that waits looks again and again for twice as long before it sleeps. Not where there are
// more threads than cores: it would look on a core that another needs in order to finish.
template <class Ready> bool look_for_a_while(Ready ready) {
  if (ready()) return true;
  if (running > usable_cores()) return false;
  for (int i = 0; i < 10000; ++i) {
    if (ready()) return true;
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
  }
  return false;
}

// Linux likes to wake a thread on the core of the thread that wakes it. Where that one then works
// on without a pause, the woken thread waits beside it, though the other cores are idle. So before
// a thread that does not run is called, this core is taken from the set it may run on; when it
// runs, it gets back what it had. A set that somebody has given it meanwhile stays.
class Core {
public:
#ifdef __linux__
  // By whoever calls it. A set that was taken from stays so until the thread has run.
  void keep_off_mine(pthread_t thread) {
    if (narrow_ || pthread_getaffinity_np(thread, sizeof before_, &before_) != 0) return;
    without_mine_ = before_;
    CPU_CLR(static_cast<std::size_t>(sched_getcpu()), &without_mine_);
    if (CPU_COUNT(&without_mine_) == 0 || CPU_EQUAL(&without_mine_, &before_)) return;
    narrow_ = true; // before it runs
    pthread_setaffinity_np(thread, sizeof without_mine_, &without_mine_);
  }
  // By the thread itself.
  void give_back() {
    if (!narrow_) return;
    cpu_set_t now;
    if (sched_getaffinity(0, sizeof now, &now) == 0 && CPU_EQUAL(&now, &without_mine_))
      sched_setaffinity(0, sizeof before_, &before_);
    narrow_ = false;
  }

private:
  cpu_set_t before_, without_mine_;
  std::atomic<bool> narrow_{false};
#else
  void keep_off_mine(pthread_t) {}
  void give_back() {}
#endif
};

// Threads that wait for a job, take its parts one after another, and wait for the next. They are
// hired when a job has parts for them, and then stay until the process ends, whatever is destroyed
// on its way there: a static object's destructor may still compute.
class Team {
public:
  // Whether it did the job: not if it works for another thread, which may wait for this one.
  bool run(std::size_t parts, const std::function<void(std::size_t)>& work) {
    const std::unique_lock one_job_at_a_time(jobs_, std::try_to_lock);
    if (!one_job_at_a_time) return false;
    work_ = &work;
    state_ = state_to_hand_on();
    failed_ = none;
    unfinished_ = static_cast<std::uint32_t>(parts);
    parts_ = static_cast<std::uint64_t>(parts) << 32;
    call(std::min<std::size_t>(parts, running) - 1);
    take_parts();
    look_for_a_while([this] { return unfinished_ == 0; });
    for (std::uint32_t left; (left = unfinished_) != 0;) unfinished_.wait(left);
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
    return true;
  }

private:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  struct alignas(64) Helper {
    std::atomic<std::uint32_t> calls{0}; // it waits for this to change
    std::atomic<std::uint32_t> seen{0};  // of these
    std::atomic<bool> asleep{false};
    pthread_t thread{};
    Core core;
  };

  void call(std::size_t helpers) {
    while (helpers_.size() < helpers)
      if (!hire()) break;
    for (std::size_t i = 0; i < std::min(helpers, helpers_.size()); ++i) {
      Helper& h = helpers_[i];
      if (h.asleep || h.seen != h.calls) h.core.keep_off_mine(h.thread);
      ++h.calls;
      h.calls.notify_one(); // nothing but a look at a counter if it does not sleep
    }
  }

  // Where no more threads are to be had, those that are do the work.
  bool hire() {
    if (no_more_) return false;
    Helper& h = helpers_.emplace_back();
    try {
      std::thread thread([this, &h] { help(h); });
      h.thread = thread.native_handle();
      thread.detach();
    } catch (const std::system_error&) {
      helpers_.pop_back();
      no_more_ = true;
    }
    return !no_more_;
  }

  [[noreturn]] void help(Helper& me) {
    for (std::uint32_t seen = 0;;) {
      if (!look_for_a_while([&] { return me.calls != seen; })) {
        me.asleep = true;
        me.calls.wait(seen);
        me.asleep = false;
      }
      me.core.give_back();
      me.seen = seen = me.calls;
      take_parts();
    }
  }

  // Whoever has taken a part keeps the job open: `work_` stays as it is until the part is finished.
  // Nobody waits for a helper that comes late: the others have taken its parts.
  void take_parts() {
    inside = true;
    for (std::uint64_t now = parts_; static_cast<std::uint32_t>(now) < now >> 32;) {
      if (!parts_.compare_exchange_weak(now, now + 1)) continue;
      do_part(static_cast<std::uint32_t>(now));
      if (--unfinished_ == 0) unfinished_.notify_all();
      now = parts_;
    }
    inside = false;
  }

  // Parts are taken in order: before a part that fails, all run, and may fail as well. Of those
  // after it, what has not begun need not.
  void do_part(std::size_t p) {
    if (p > failed_) return;
    try {
      const PartOf job(state_);
      (*work_)(p);
    } catch (...) {
      std::lock_guard lock(errors_);
      if (p < failed_) error_ = std::current_exception(), failed_ = p;
    }
  }

  std::deque<Helper> helpers_;
  bool no_more_ = false;
  std::mutex jobs_, errors_;
  const std::function<void(std::size_t)>* work_ = nullptr;
  JobState state_ = nullptr;            // of the job's caller
  std::atomic<std::uint64_t> parts_{0}; // how many there are, and in the lower half, how many of
                                        // them are taken
  std::atomic<std::uint32_t> unfinished_{0}; // of these
  std::atomic<std::size_t> failed_{none};    // the first part that did
  std::exception_ptr error_;
};

// Never destroyed. A child made by fork has none of its parent's threads: it begins anew.
Team*& team() {
  static Team* one = [] {
    pthread_atfork(nullptr, nullptr, [] { team() = new Team; });
    return new Team;
  }();
  return one;
}

std::function<void(const std::vector<double>&)> listener;

void run_for_listener(std::size_t parts, const std::function<void(std::size_t)>& work) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> milliseconds;
  const PartOf job(state_to_hand_on());
  inside = true;
  for (std::size_t p = 0; p < parts; ++p) {
    const auto start = Clock::now();
    work(p);
    milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - start).count());
  }
  inside = false;
  listener(milliseconds);
}

} // namespace

bool in_parallel_part() { return in_part; }
void set_job_state(JobState state) { own_state = state; }
JobState job_state() { return in_part ? jobs_state : own_state; }

std::size_t thread_count() {
  if (threads == 0) {
    static const std::size_t wanted = wanted_threads();
    std::size_t unknown = 0;
    running = std::min(wanted, usable_cores());
    threads.compare_exchange_strong(unknown, wanted);
  }
  return threads;
}

void set_thread_count(std::size_t n) {
  running = threads = std::clamp<std::size_t>(n, 1, most_threads);
}

// Up to two parts a thread: one that loses its core leaves its second to another.
std::size_t parts_of(std::size_t work, std::size_t enough) {
  const std::size_t threads_here = inside ? 1 : thread_count();
  const std::size_t parts = std::max<std::size_t>(1, work / enough);
  return parts < threads_here
             ? parts
             : threads_here *
                   (threads_here > 1 ? std::min<std::size_t>(2, parts / threads_here) : 1);
}

void listen_to_jobs(std::function<void(const std::vector<double>&)> new_one) {
  listener = std::move(new_one);
}

void parallel_parts(std::size_t parts, const std::function<void(std::size_t)>& work) {
  if (listener && !inside) return run_for_listener(parts, work);
  constexpr std::size_t most_parts = std::numeric_limits<std::uint32_t>::max();
  const bool alone = inside || parts < 2 || parts > most_parts || thread_count() == 1;
  if (!alone && team()->run(parts, work)) return;
  const PartOf job(state_to_hand_on());
  for (std::size_t p = 0; p < parts; ++p) work(p);
}

} // namespace tapestry
