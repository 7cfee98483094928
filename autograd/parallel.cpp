#include "autograd/parallel.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace tapestry {
namespace {

thread_local bool inside = false; // on a thread that already works on a part

// Threads that wait for a job, take its parts one after another, and wait for the next.
class Team {
public:
  explicit Team(std::size_t helpers) {
    for (std::size_t i = 0; i < helpers; ++i) threads_.emplace_back([this] { help(); });
  }

  ~Team() {
    {
      std::lock_guard lock(mutex_);
      closing_ = true;
    }
    wake_.notify_all();
    for (std::thread& t : threads_) t.join();
  }

  void run(std::size_t parts, const std::function<void(std::size_t)>& work) {
    std::lock_guard one_job_at_a_time(jobs_);
    {
      std::lock_guard lock(mutex_);
      work_ = &work;
      parts_ = parts;
      next_ = 0;
      busy_ = threads_.size();
      ++job_;
    }
    wake_.notify_all();
    take_parts();
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return busy_ == 0; });
    if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  }

private:
  void help() {
    std::size_t seen = 0;
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return closing_ || job_ != seen; });
        if (closing_) return;
        seen = job_;
      }
      take_parts();
      std::lock_guard lock(mutex_);
      if (--busy_ == 0) done_.notify_one();
    }
  }

  void take_parts() {
    inside = true;
    for (std::size_t p; (p = next_.fetch_add(1)) < parts_;) {
      try {
        (*work_)(p);
      } catch (...) {
        // Parts are taken in order: every part before this one runs, and may fail as well.
        std::lock_guard lock(mutex_);
        if (!error_ || p < failed_) error_ = std::current_exception(), failed_ = p;
        next_ = parts_; // the others need not start
      }
    }
    inside = false;
  }

  std::vector<std::thread> threads_;
  std::mutex jobs_, mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(std::size_t)>* work_ = nullptr;
  std::size_t parts_ = 0, busy_ = 0, job_ = 0, failed_ = 0;
  std::atomic<std::size_t> next_{0};
  std::exception_ptr error_;
  bool closing_ = false;
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
