#include "autograd/parallel.hpp"

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace tapestry {
namespace {

thread_local bool inside = false; // on a thread that already works on a part

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

// Threads that wait for a job, take its parts one after another, and wait for the next.
class Team {
public:
  explicit Team(std::size_t helpers) {
    for (std::size_t i = 0; i < helpers; ++i) threads_.emplace_back([this] { help(); });
  }

  ~Team() {
    closing_ = true;
    announce();
    for (std::thread& t : threads_) t.join();
  }

  void run(std::size_t parts, const std::function<void(std::size_t)>& work) {
    std::lock_guard one_job_at_a_time(jobs_);
    work_ = &work;
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

  void announce() {
    ++job_;
    job_.notify_all();
  }

  void help() {
    for (std::uint32_t seen = 0; !closing_; seen = job_) {
      take_parts();
      if (!look_for_a_while([&] { return job_ != seen; })) job_.wait(seen);
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
      (*work_)(p);
    } catch (...) {
      std::lock_guard lock(errors_);
      if (p < failed_) error_ = std::current_exception(), failed_ = p;
    }
  }

  std::vector<std::thread> threads_;
  std::mutex jobs_, errors_;
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::atomic<std::uint64_t> parts_{0};      // how many there are, and in the lower half, how many
                                             // of them are taken
  std::atomic<std::uint32_t> unfinished_{0}; // of these
  std::atomic<std::uint32_t> job_{0};        // counts them; helpers wait for it to change
  std::atomic<std::size_t> failed_{none};    // the first part that did
  std::exception_ptr error_;
  std::atomic<bool> closing_{false};
};

} // namespace

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
    for (std::size_t p = 0; p < parts; ++p) work(p);
    return;
  }
  static Team team(thread_count() - 1);
  team.run(parts, work);
}

} // namespace tapestry
