#include "autograd/base/parallel.hpp"

#ifdef __linux__
#include <sched.h>
#endif

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>

namespace tapestry {
namespace {

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

// To sleep and be woken takes as long as 100 microseconds, and jobs follow each other faster: so a
// thread that has nothing to do looks again and again for about that long before it sleeps.
template <class Ready> bool look_for_a_while(Ready ready) {
  for (int i = 0; i < 4000; ++i) {
    if (ready()) return true;
#ifdef __x86_64__
    __builtin_ia32_pause();
#endif
  }
  return false;
}

// Linux likes to wake a thread on the core of the thread that wakes it. Where that one then works
// on without a pause, the woken thread waits beside it, though the other cores are idle. So before
// a sleeping thread is woken, this core is taken from the set it may run on.
class Cores {
public:
#ifdef __linux__
  Cores() { sched_getaffinity(0, sizeof all_, &all_); }
  void keep_off_mine(std::thread& sleeping) const {
    cpu_set_t others = all_;
    CPU_CLR(static_cast<std::size_t>(sched_getcpu()), &others);
    if (CPU_COUNT(&others) > 0)
      pthread_setaffinity_np(sleeping.native_handle(), sizeof others, &others);
  }
  void allow_all() const { sched_setaffinity(0, sizeof all_, &all_); }

private:
  cpu_set_t all_;
#else
  void keep_off_mine(std::thread&) const {}
  void allow_all() const {}
#endif
};

// Threads that wait for a job, take its parts one after another, and wait for the next.
class Team {
public:
  explicit Team(std::size_t helpers) {
    for (std::size_t i = 0; i < helpers; ++i) helpers_.emplace_back();
    for (Helper& h : helpers_) h.thread = std::thread([this, &h] { help(h); });
  }

  ~Team() {
    closing_ = true;
    announce();
    for (Helper& h : helpers_) h.thread.join();
  }

  void run(std::size_t parts, const std::function<void(std::size_t)>& work) {
    std::lock_guard one_job_at_a_time(jobs_);
    work_ = &work;
    state_ = state_to_hand_on();
    failed_ = none;
    unfinished_ = static_cast<std::uint32_t>(parts);
    parts_ = static_cast<std::uint64_t>(parts) << 32;
    announce();
    take_parts();
    look_for_a_while([this] { return unfinished_ == 0; });
    for (std::uint32_t left; (left = unfinished_) != 0;) unfinished_.wait(left);
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

private:
  static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

  struct Helper {
    std::thread thread;
    std::atomic<bool> asleep{false};
  };

  void announce() {
    for (Helper& h : helpers_)
      if (h.asleep) cores_.keep_off_mine(h.thread);
    ++job_;
    job_.notify_all();
  }

  void help(Helper& me) {
    for (std::uint32_t seen = 0; !closing_; seen = job_) {
      take_parts();
      if (look_for_a_while([&] { return job_ != seen; })) continue;
      me.asleep = true;
      job_.wait(seen);
      me.asleep = false;
      cores_.allow_all();
    }
  }

  // Whoever has taken a part keeps the job open: `work_` stays as it is until the part is finished.
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

  const Cores cores_;
  std::deque<Helper> helpers_;
  std::mutex jobs_, errors_;
  const std::function<void(std::size_t)>* work_ = nullptr;
  JobState state_ = nullptr;                 // of the job's caller
  std::atomic<std::uint64_t> parts_{0};      // how many there are, and in the lower half, how many
                                             // of them are taken
  std::atomic<std::uint32_t> unfinished_{0}; // of these
  std::atomic<std::uint32_t> job_{0};        // counts them; helpers wait for it to change
  std::atomic<std::size_t> failed_{none};    // the first part that did
  std::exception_ptr error_;
  std::atomic<bool> closing_{false};
};

} // namespace

bool in_parallel_part() { return in_part; }
void set_job_state(JobState state) { own_state = state; }
JobState job_state() { return in_part ? jobs_state : own_state; }

std::size_t thread_count() {
  static const std::size_t count = [] {
    const char* wanted = std::getenv("TAPESTRY_THREADS");
    const long n = wanted ? std::atol(wanted) : 0;
    return n > 0 ? static_cast<std::size_t>(n) : std::max(1u, std::thread::hardware_concurrency());
  }();
  return count;
}

void parallel_parts(std::size_t parts, const std::function<void(std::size_t)>& work) {
  if (inside || parts < 2 || thread_count() == 1) {
    const PartOf job(state_to_hand_on());
    for (std::size_t p = 0; p < parts; ++p) work(p);
    return;
  }
  static Team team(thread_count() - 1);
  team.run(parts, work);
}

} // namespace tapestry
