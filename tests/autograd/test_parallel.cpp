// Work shared by threads. Run with several values of TAPESTRY_THREADS (meson.build).
#include <atomic>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "autograd/base/parallel.hpp"

using namespace tapestry;

namespace {

/// What the error says, or that there was none.
template <class F> std::string message_of(F&& f) {
  try {
    f();
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "no error";
}

/// So many threads, even on fewer cores, and afterwards as before.
class Threads {
public:
  explicit Threads(std::size_t n) { set_thread_count(n); }
  ~Threads() { set_thread_count(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

private:
  const std::size_t before_ = thread_count();
};

} // namespace

BOOST_AUTO_TEST_SUITE(parallel)

BOOST_AUTO_TEST_CASE(every_part_runs_once) {
  for (std::size_t parts : {0, 1, 2, 3, 7, 100}) {
    std::vector<std::atomic<int>> runs(parts);
    parallel_parts(parts, [&](std::size_t p) { ++runs[p]; });
    for (const auto& n : runs) BOOST_CHECK_EQUAL(n.load(), 1);
  }
}

BOOST_AUTO_TEST_CASE(every_part_runs_once_on_any_number_of_threads) {
  for (const std::size_t n : {1, 2, 3, 8, 16}) {
    const Threads threads(n);
    for (int job = 0; job < 200; ++job) {
      std::vector<std::atomic<int>> runs(20);
      parallel_parts(runs.size(), [&](std::size_t p) { ++runs[p]; });
      for (const auto& r : runs) BOOST_REQUIRE_EQUAL(r.load(), 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(many_jobs_in_a_row) { // a helper that is late must not take an old part
  std::atomic<int> total{0};
  for (int job = 0; job < 2000; ++job) parallel_parts(3, [&](std::size_t p) { total += int(p); });
  BOOST_CHECK_EQUAL(total.load(), 2000 * 3);
}

BOOST_AUTO_TEST_CASE(ranges_cover_everything) {
  for (std::size_t n : {0, 1, 5, 100, 101})
    for (std::size_t parts : {1, 2, 3, 8}) {
      std::vector<std::atomic<int>> seen(n);
      std::vector<std::size_t> sizes(parts);
      parallel_ranges(n, parts, [&](std::size_t begin, std::size_t end, std::size_t part) {
        sizes[part] = end - begin;
        for (std::size_t i = begin; i < end; ++i) ++seen[i];
      });
      for (const auto& s : seen) BOOST_CHECK_EQUAL(s.load(), 1);
      for (std::size_t s : sizes) BOOST_CHECK(s == n / parts || s == n / parts + 1);
    }
}

BOOST_AUTO_TEST_CASE(the_first_exception_comes_through) {
  const auto throwing = [](std::size_t p) {
    if (p == 2) throw std::runtime_error("part 2");
  };
  for (int again = 0; again < 3; ++again) { // and the team works on afterwards
    BOOST_CHECK_EQUAL(message_of([&] { parallel_parts(5, throwing); }), "part 2");
    std::atomic<int> runs{0};
    parallel_parts(5, [&](std::size_t) { ++runs; });
    BOOST_CHECK_EQUAL(runs.load(), 5);
  }
}

// Whichever thread is the first to fail: the error is the one that a single thread would meet.
BOOST_AUTO_TEST_CASE(the_first_part_that_fails_is_reported) {
  const auto throwing = [](std::size_t p) {
    if (p == 1) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (p >= 1) throw std::runtime_error(std::to_string(p));
  };
  for (int again = 0; again < 5; ++again)
    BOOST_CHECK_EQUAL(message_of([&] { parallel_parts(50, throwing); }), "1");
}

BOOST_AUTO_TEST_CASE(a_call_inside_a_part_runs_on_its_own_thread) {
  std::atomic<int> runs{0}, elsewhere{0};
  parallel_parts(4, [&](std::size_t) {
    const auto mine = std::this_thread::get_id();
    parallel_parts(3, [&](std::size_t) {
      ++runs;
      elsewhere += std::this_thread::get_id() != mine;
    });
  });
  BOOST_CHECK_EQUAL(runs.load(), 12);
  if (thread_count() > 1) BOOST_CHECK_EQUAL(elsewhere.load(), 0);
  // an exception from the inner call reaches the outer caller
  const auto inner = [](std::size_t) {
    parallel_parts(2, [](std::size_t) { throw std::runtime_error("inner"); });
  };
  BOOST_CHECK_EQUAL(message_of([&] { parallel_parts(2, inner); }), "inner");
}

BOOST_AUTO_TEST_CASE(two_threads_may_call_at_once) {
  std::atomic<int> runs{0};
  const auto job = [&] {
    for (int i = 0; i < 100; ++i) parallel_parts(4, [&](std::size_t) { ++runs; });
  };
  std::thread other(job);
  job();
  other.join();
  BOOST_CHECK_EQUAL(runs.load(), 800);
}

BOOST_AUTO_TEST_CASE(a_part_knows_what_its_caller_is_in_the_middle_of) {
  const int mine = 0, others = 0;
  BOOST_CHECK(!in_parallel_part());
  BOOST_CHECK(!job_state());
  set_job_state(&mine);
  for (const std::size_t parts : {1, 2, 50}) {
    std::atomic<int> wrong{0};
    parallel_parts(parts, [&](std::size_t) {
      wrong += !in_parallel_part() || job_state() != &mine;
      parallel_parts(2, [&](std::size_t) { wrong += job_state() != &mine; });
      set_job_state(&others); // its own: handed on, but it does not change the job's
      parallel_parts(2, [&](std::size_t) { wrong += job_state() != &others; });
      wrong += job_state() != &mine;
      set_job_state(nullptr);
    });
    BOOST_CHECK_EQUAL(wrong.load(), 0);
    BOOST_CHECK(!in_parallel_part());
    // Null if this thread ran a part, which has set that; helpers may have been faster.
    BOOST_CHECK(!job_state() || job_state() == &mine);
    set_job_state(&mine);
  }
  set_job_state(nullptr);
}

// While one thread's job runs, another's is done by itself.
BOOST_AUTO_TEST_CASE(a_busy_team_keeps_nobody_waiting) {
  std::promise<void> begun, end;
  std::thread other([&] {
    parallel_parts(2, [&](std::size_t p) {
      if (p == 0) {
        begun.set_value();
        end.get_future().wait();
      }
    });
  });
  begun.get_future().wait();
  int runs = 0; // by this thread alone: no atomic
  parallel_parts(4, [&](std::size_t) { ++runs; });
  end.set_value();
  other.join();
  BOOST_CHECK_EQUAL(runs, 4);
}

BOOST_AUTO_TEST_CASE(rows_and_entries_cover_everything) {
  for (const std::size_t threads : {1, 2, 3, 16}) {
    const Threads set(threads);
    for (const std::size_t n : {0, 1, 7, 1000, 200'000}) {
      std::vector<int> seen(n);
      std::atomic<int> empty{0};
      parallel_rows(n, 1000, [&](std::size_t begin, std::size_t end) {
        empty += begin >= end;
        for (std::size_t i = begin; i < end; ++i) ++seen[i];
      });
      parallel_entries(n, [&](std::size_t i) { ++seen[i]; });
      BOOST_CHECK_EQUAL(empty.load(), 0);
      BOOST_CHECK(std::all_of(seen.begin(), seen.end(), [](int s) { return s == 2; }));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_listener_hears_of_every_part) {
  const Threads threads(8);
  std::vector<std::size_t> heard;
  listen_to_jobs([&](const std::vector<double>& parts) { heard.push_back(parts.size()); });
  int runs = 0; // by this thread alone: no atomic
  parallel_parts(5, [&](std::size_t) {
    parallel_parts(3, [&](std::size_t) { ++runs; }); // belongs to the part
  });
  parallel_rows(1000, enough_steps, [&](std::size_t, std::size_t) { ++runs; });
  listen_to_jobs({});
  parallel_parts(2, [](std::size_t) {});
  BOOST_CHECK_EQUAL(runs, 15 + 16);
  BOOST_CHECK((heard == std::vector<std::size_t>{5, 16}));
}

BOOST_AUTO_TEST_CASE(as_many_parts_as_the_work_is_worth) {
  const Threads threads(4);
  BOOST_CHECK_EQUAL(parts_of(0), 1);
  BOOST_CHECK_EQUAL(parts_of(enough_steps - 1), 1);
  BOOST_CHECK_EQUAL(parts_of(3 * enough_steps), 3);
  BOOST_CHECK_EQUAL(parts_of(7 * enough_steps), 4); // as much for each thread
  BOOST_CHECK_EQUAL(parts_of(1000 * enough_steps), 8);
  std::atomic<int> more{0};
  parallel_parts(2, [&](std::size_t) { more += parts_of(1000 * enough_steps) != 1; });
  BOOST_CHECK_EQUAL(more.load(), 0);
  const Threads one(1);
  BOOST_CHECK_EQUAL(parts_of(1000 * enough_steps), 1);
}

#ifdef __linux__
// Counted are the times that the system had to wake each of this process' threads.
std::map<std::string, long> times_woken() {
  std::map<std::string, long> woken;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream status(task.path() / "status");
    for (std::string word; status >> word;)
      if (word == "voluntary_ctxt_switches:") status >> woken[task.path().filename()];
  }
  return woken;
}

BOOST_AUTO_TEST_CASE(a_job_of_two_parts_wakes_one_thread) {
  const Threads threads(8);
  const auto pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(2)); };
  parallel_parts(8, [&](std::size_t) { pause(); });
  const auto before = times_woken();
  for (int job = 0; job < 20; ++job) {
    pause();
    parallel_parts(2, [&](std::size_t) { pause(); });
  }
  int woken = 0;
  for (const auto& [task, times] : times_woken()) woken += times - before.at(task) >= 10;
  BOOST_CHECK_LE(woken, 2); // this thread and one more
}
#endif

BOOST_AUTO_TEST_SUITE_END()
