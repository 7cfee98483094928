// Work shared by threads. Run twice, with TAPESTRY_THREADS 1 and 2 (meson.build).
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "autograd/base/parallel.hpp"
#include "check.hpp"

using namespace tapestry;

BOOST_AUTO_TEST_SUITE(parallel)

BOOST_AUTO_TEST_CASE(every_part_runs_once) {
  for (std::size_t parts : {0, 1, 2, 3, 7, 100}) {
    std::vector<std::atomic<int>> runs(parts);
    parallel_parts(parts, [&](std::size_t p) { ++runs[p]; });
    for (const auto& n : runs) BOOST_CHECK_EQUAL(n.load(), 1);
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
    BOOST_CHECK_EQUAL(message_of<std::runtime_error>([&] { parallel_parts(5, throwing); }),
                      "part 2");
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
    BOOST_CHECK_EQUAL(message_of<std::runtime_error>([&] { parallel_parts(50, throwing); }), "1");
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
  BOOST_CHECK_EQUAL(message_of<std::runtime_error>([&] { parallel_parts(2, inner); }), "inner");
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
    BOOST_CHECK(!job_state()); // the caller's thread ran a part, which has set null
    set_job_state(&mine);
  }
  set_job_state(nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
