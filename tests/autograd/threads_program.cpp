// What must be tried in a process of its own: `threads_program CASE` fails, or is killed after 30
// seconds, if that case is not handled.
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <string>
#include <thread>

#include "autograd/base/cores.hpp"
#include "autograd/base/parallel.hpp"

using namespace tapestry;

namespace {

void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::_Exit(1);
}

int parts_run(std::size_t parts) {
  std::atomic<int> runs{0};
  parallel_parts(parts, [&](std::size_t) { ++runs; });
  return runs;
}

// A part waits for another thread, which has work to share as well.
void deadlock() {
  set_thread_count(2);
  for (int again = 0; again < 20; ++again)
    parallel_parts(2, [](std::size_t) {
      std::async(std::launch::async, [] { expect(parts_run(2) == 2, "the inner job runs"); }).get();
    });
}

// Static objects are destroyed in the reverse order: this one after whatever the first job makes.
struct Late {
  ~Late() { expect(parts_run(8) == 8, "a destructor at the end of the program computes"); }
};
void exit_order() {
  static Late late;
  set_thread_count(4);
  parts_run(8);
}

// No more threads are to be had.
void few_threads() {
  const rlimit none{1, 1};
  setrlimit(RLIMIT_NPROC, &none);
  if (geteuid() == 0 && setuid(65'534) != 0) return; // the limit does not hold for root
  set_thread_count(64);
  for (int again = 0; again < 3; ++again) expect(parts_run(200) == 200, "every part runs");
}

void bind(pid_t thread, int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  expect(sched_setaffinity(thread, sizeof set, &set) == 0, "a thread can be bound to a core");
}
int cores_of(pid_t thread) {
  cpu_set_t set;
  expect(sched_getaffinity(thread, sizeof set, &set) == 0, "a thread's cores can be asked for");
  return CPU_COUNT(&set);
}

// A process that is bound to a core uses one.
void bound() {
  bind(0, sched_getcpu());
  expect(usable_cores() == 1, "one core is usable");
  expect(parts_run(4) == 4, "every part runs");
}

// Threads that somebody binds later stay so.
void bound_later() {
  set_thread_count(3);
  const auto pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(2)); };
  const auto jobs = [&] {
    for (int i = 0; i < 20; ++i) {
      parallel_parts(3, [&](std::size_t) { pause(); });
      pause();
    }
  };
  jobs();
  const int core = sched_getcpu();
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task"))
    bind(std::stoi(task.path().filename()), core);
  jobs();
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task"))
    expect(cores_of(std::stoi(task.path().filename())) == 1, "a thread is still bound");
}

// A child has none of its parent's threads.
void after_fork() {
  set_thread_count(3);
  expect(parts_run(6) == 6, "every part runs");
  const pid_t child = fork();
  expect(parts_run(6) == 6, child ? "every part runs in the parent" : "and in the child");
  if (child == 0) std::_Exit(0);
}

void count(const char* wanted) {
  const std::string text = wanted;
  const std::size_t n = text == "cores" ? usable_cores() : std::stoul(text);
  expect(thread_count() == n, "that is the number of threads");
  expect(parts_run(50) == 50, "every part runs");
}

} // namespace

int main(int argc, char** argv) {
  alarm(30);
  const std::string name = argc > 1 ? argv[1] : "";
  if (name == "deadlock")
    deadlock();
  else if (name == "exit_order")
    exit_order();
  else if (name == "few_threads")
    few_threads();
  else if (name == "bound")
    bound();
  else if (name == "bound_later")
    bound_later();
  else if (name == "after_fork")
    after_fork();
  else if (name == "count" && argc > 2)
    count(argv[2]);
  else
    expect(false, "there is such a case");
}
