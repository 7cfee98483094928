#include "vision/images/loader.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>

#include "autograd/base/parallel.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

// A picture's slot is its number modulo the count of slots. A thread begins a picture only when its
// slot is free: when the one before in that slot has been fetched. So what waits is bounded, and
// the next picture that is wanted is always being prepared or already there.
struct ImageLoader::Shared {
  struct Slot {
    bool ready = false;
    Tensor image;
    std::exception_ptr error;
  };

  std::vector<std::string> paths;
  PrepareImage prepare;
  bool skip_bad;
  std::vector<Slot> slots;

  std::mutex mutex; // of what follows and of the slots' `ready`
  std::condition_variable room, arrived;
  std::size_t begun = 0, fetched = 0;
  bool stopped = false;
  std::vector<std::thread> threads;

  void work() {
    while (true) {
      std::size_t number = 0;
      {
        std::unique_lock lock(mutex);
        room.wait(lock, [&] {
          return stopped || begun == paths.size() || begun < fetched + slots.size();
        });
        if (stopped || begun == paths.size()) return;
        number = begun++;
      }
      Slot& slot = slots[number % slots.size()]; // this thread's alone until it is ready
      try {
        slot.image = prepare(paths[number], number);
      } catch (...) {
        slot.error = std::current_exception();
      }
      {
        const std::lock_guard lock(mutex);
        slot.ready = true;
      }
      arrived.notify_one();
    }
  }

  ~Shared() { stop(); }
  void stop() {
    {
      const std::lock_guard lock(mutex);
      stopped = true;
    }
    room.notify_all();
    for (std::thread& thread : threads) thread.join();
    threads.clear();
  }
};

ImageLoader::ImageLoader(std::vector<std::string> paths, PrepareImage prepare,
                         const LoaderOptions& options)
    : shared_(std::make_unique<Shared>()) {
  Shared& s = *shared_;
  const std::size_t wanted = options.threads ? options.threads : thread_count();
  const std::size_t threads = std::max<std::size_t>(1, std::min(wanted, paths.size()));
  const std::size_t ahead = std::max<std::size_t>(1, options.ahead ? options.ahead : 4 * threads);
  s.slots.resize(std::min(ahead, std::max<std::size_t>(1, paths.size())));
  s.paths = std::move(paths);
  s.prepare = std::move(prepare);
  s.skip_bad = options.skip_bad;
  s.threads.reserve(threads);
  try {
    for (std::size_t i = 0; i < threads; ++i) s.threads.emplace_back([&s] { s.work(); });
  } catch (const std::system_error&) { // the system has no more threads: go on with those there are
    if (s.threads.empty()) throw;
  }
}

ImageLoader::~ImageLoader() = default;

std::size_t ImageLoader::size() const { return shared_->paths.size(); }

std::optional<LoadedImage> ImageLoader::next() {
  Shared& s = *shared_;
  while (s.fetched < s.paths.size()) {
    const std::size_t number = s.fetched;
    Shared::Slot& slot = s.slots[number % s.slots.size()];
    {
      std::unique_lock lock(s.mutex);
      s.arrived.wait(lock, [&] { return slot.ready; });
    }
    Shared::Slot taken = std::move(slot);
    slot = {};
    {
      const std::lock_guard lock(s.mutex);
      ++s.fetched;
    }
    s.room.notify_one();
    if (!taken.error) return LoadedImage{number, std::move(taken.image)};
    if (!s.skip_bad) std::rethrow_exception(taken.error);
    try {
      std::rethrow_exception(taken.error);
    } catch (const std::exception& error) {
      skipped_.push_back({number, s.paths[number], error.what()});
    }
  }
  return std::nullopt;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
