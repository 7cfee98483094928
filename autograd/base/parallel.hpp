// Work shared by all cores, with results that do not depend on how many there are.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>

namespace tapestry {

/// Calls `work(part)` for part = 0 .. parts-1, each once, on as many threads as there are cores.
/// The caller chooses `parts` by the problem, never by the machine: then sums over parts have the
/// same order, and the same bits, everywhere. A call from inside `work` runs on its own thread.
/// If parts fail, the exception of the first of them by number is thrown again here, and some parts
/// after it may not run.
void parallel_parts(std::size_t parts, const std::function<void(std::size_t part)>& work);

// A std::function of a reference needs no memory; of a lambda with three captures, it does.

/// Splits 0 .. n-1 into `parts` runs of almost equal length and calls `work(begin, end, part)`.
inline void parallel_ranges(
    std::size_t n, std::size_t parts,
    const std::function<void(std::size_t begin, std::size_t end, std::size_t part)>& work) {
  const auto part = [&](std::size_t p) { work(n * p / parts, n * (p + 1) / parts, p); };
  parallel_parts(parts, std::ref(part));
}

/// Calls f(i) for i = 0 .. n-1, in any order, where n may be large and each call does little.
template <class F> void parallel_entries(std::size_t n, F f) {
  constexpr std::size_t worth_a_thread = 50'000;
  const auto run = [&f](std::size_t begin, std::size_t end, std::size_t) {
    F mine = f; // no other thread can change it: the compiler may keep it in registers
    for (std::size_t i = begin; i < end; ++i) mine(i);
  };
  parallel_ranges(n, std::clamp<std::size_t>(n / worth_a_thread, 1, 8), std::ref(run));
}

/// Whether this thread runs a part of a job, the caller's own thread included, and however many
/// threads there are.
bool in_parallel_part();

/// What a thread is in the middle of, for whoever must know it in a part that another thread runs:
/// the tape hangs itself in here.
using JobState = const void*;
/// Of this thread, until it is set again; null at first.
void set_job_state(JobState state);
/// Outside of a part, what this thread has set. Inside, what the thread that called the job had set
/// when it called it, whatever the part itself has set since.
JobState job_state();

/// Threads in use: the machine's cores, or the environment variable TAPESTRY_THREADS.
std::size_t thread_count();

} // namespace tapestry
