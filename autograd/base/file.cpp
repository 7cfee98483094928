#include "autograd/base/file.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "autograd/base/error.hpp"

namespace tapestry {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& action, int error) {
  throw FormatError(path + ": " + action + ": " + std::strerror(error));
}

// A file descriptor that closes itself, also when an exception passes.
class Descriptor {
public:
  Descriptor(const std::string& path, int flags) : fd_(::open(path.c_str(), flags, 0666)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int close() { return ::close(std::exchange(fd_, -1)); }

private:
  int fd_;
};

enum class Sync { no, yes };

// `path` is what errors name; `target` is the file that is opened.
void write_all(const std::string& path, const std::string& target, int flags, Sync sync,
               std::string_view bytes) {
  Descriptor file(target, O_WRONLY | O_CREAT | O_CLOEXEC | flags);
  if (file.get() < 0) fail(path, "cannot write", errno);
  while (!bytes.empty()) {
    const ssize_t n = ::write(file.get(), bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(path, "cannot write", errno);
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  // Pipes and terminals cannot be synced (EINVAL); for them there is nothing to wait for.
  if (sync == Sync::yes && ::fsync(file.get()) != 0 && errno != EINVAL && errno != EROFS)
    fail(path, "cannot write", errno);
  if (file.close() != 0) fail(path, "cannot write", errno);
}

// Removes PATH.PID.N.tmp where the process PID is no more: it was killed while it wrote.
void remove_leftovers(const std::string& path) {
  namespace fs = std::filesystem;
  const std::string folder = fs::path(path).parent_path(), before = fs::path(path).filename();
  std::error_code error; // what cannot be removed stays; it is only in the way
  for (fs::directory_iterator file(folder.empty() ? "." : folder, error), end;
       !error && file != end; file.increment(error)) {
    const std::string name = file->path().filename();
    int pid = 0, read = 0;
    unsigned count = 0;
    const bool ours =
        name.compare(0, before.size(), before) == 0 &&
        std::sscanf(name.c_str() + before.size(), ".%d.%u.tmp%n", &pid, &count, &read) == 2 &&
        before.size() + static_cast<std::size_t>(read) == name.size();
    std::error_code ignored;
    if (ours && ::kill(pid, 0) != 0 && errno == ESRCH) fs::remove(file->path(), ignored);
  }
}

} // namespace

std::string read_file(const std::string& path) {
  Descriptor file(path, O_RDONLY | O_CLOEXEC);
  if (file.get() < 0 && errno == ENOENT) throw FormatError(path + ": no such file");
  if (file.get() < 0) fail(path, "cannot read", errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) fail(path, "cannot read", errno);
  if (S_ISDIR(status.st_mode)) throw FormatError(path + ": is a folder; expected a file");

  std::string bytes;
  std::size_t size = 0;
  bytes.resize(static_cast<std::size_t>(status.st_size) + 1); // + 1: the end is seen at once
  for (;;) {
    const ssize_t n = ::read(file.get(), bytes.data() + size, bytes.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(path, "cannot read", errno);
    if (n == 0) break;
    size += static_cast<std::size_t>(n);
    if (size == bytes.size()) bytes.resize(2 * size + 4096);
  }
  bytes.resize(size);
  return bytes;
}

void write_file(const std::string& path, std::string_view bytes) {
  write_all(path, path, O_TRUNC, Sync::no, bytes);
}

void write_file_atomically(const std::string& path, std::string_view bytes) {
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode))
    throw FormatError(path + ": cannot write: is a folder; expected a file name");
  if (exists && !S_ISREG(status.st_mode)) return write_all(path, path, 0, Sync::yes, bytes);

  static std::atomic<unsigned> count{0}; // two threads may write the same path
  const std::string beside = fmt::format("{}.{}.{}.tmp", path, ::getpid(), count++);
  try {
    write_all(path, beside, O_TRUNC, Sync::yes, bytes);
    if (std::rename(beside.c_str(), path.c_str()) != 0) fail(path, "cannot write", errno);
    remove_leftovers(path);
  } catch (...) {
    std::remove(beside.c_str());
    throw;
  }
}

} // namespace tapestry
