// Work shared by all cores, with results that do not depend on how many there are.
//
// There are two ways to cut work into parts.
//
// By rows, columns or entries of the result: then every entry is computed alike whoever computes
// it, and the number of parts may follow the number of threads. parallel_rows and parallel_entries
// do that.
//
// Where the parts themselves are added up, their number changes how the sum is rounded. It is
// chosen by the problem, never by the machine: parallel_ranges with `fixed_parts` of them, and the
// caller adds up in their order.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

namespace tapestry {

/// Calls `work(part)` for part = 0 .. parts-1, each once, on as many threads as there are cores.
/// A call from inside `work`, or while the helpers work for another thread, runs on its own thread.
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

/// Parts whose sums are added up: more would be lost on few cores, fewer would leave cores idle.
constexpr std::size_t fixed_parts = 16;

/// So much work is worth a thread, about 20 microseconds: steps of a simple loop, in which an exp
/// or a division counts as ten; and multiply-adds of a matrix product.
constexpr std::size_t enough_steps = 50'000, enough_products = 2'000'000;

/// How many parts to make of work of this size, of which `enough` is worth a thread. Only for parts
/// that are not added up: it depends on the number of threads.
std::size_t parts_of(std::size_t work, std::size_t enough = enough_steps);

/// Calls f(begin, end) for runs of rows that together are 0 .. n-1, on as many threads as the work
/// is worth. steps: how many a row takes, as in enough_steps.
template <class F> void parallel_rows(std::size_t n, std::size_t steps, const F& f) {
  const std::size_t parts = std::min(n, parts_of(n * steps));
  if (parts == 0) return;
  if (parts == 1) return f(std::size_t{0}, n); // as cheap as the plain loop, and inlined
  const auto run = [&f](std::size_t begin, std::size_t end, std::size_t) { f(begin, end); };
  parallel_ranges(n, parts, std::ref(run));
}

/// Calls f(begin, end) for runs of entries that together are 0 .. n-1. Each begins where a register
/// does, so that an entry is computed alike however many runs there are.
template <class F> void parallel_runs(std::size_t n, const F& f) {
  constexpr std::size_t block = 64;
  if (n < 2 * enough_steps) return f(std::size_t{0}, n);
  parallel_rows((n + block - 1) / block, block, [&](std::size_t begin, std::size_t end) {
    f(begin * block, std::min(n, end * block));
  });
}

/// Calls f(i) for i = 0 .. n-1, in any order, where n may be large and each call does little.
template <class F> void parallel_entries(std::size_t n, F f) {
  parallel_rows(n, 1, [&f](std::size_t begin, std::size_t end) {
    F mine = f; // no other thread can change it: the compiler may keep it in registers
    for (std::size_t i = begin; i < end; ++i) mine(i);
  });
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

/// How many threads work is cut up for: as many as there are cores that this process may use
/// (cores.hpp), or the environment variable TAPESTRY_THREADS. No more run than there are cores.
std::size_t thread_count();
/// Changes it from the next job on, 1 to 1024, and lets so many run even on fewer cores: for tests
/// and measurements. Not inside a part.
void set_thread_count(std::size_t n);

/// For measurements: as long as there is a listener, the parts of a job run one after another on
/// the thread that calls it, cut up as for thread_count() threads, and the listener hears how many
/// milliseconds each took. An empty one ends it. For one thread at a time.
void listen_to_jobs(std::function<void(const std::vector<double>& milliseconds)> listener);

} // namespace tapestry
