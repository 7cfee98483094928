#include "autograd/base/file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "autograd/base/error.hpp"

namespace tapestry {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& path, const std::string& action, int error) {
  throw FormatError(path + ": " + action + ": " + std::strerror(error));
}

// A file descriptor that closes itself, also when an exception passes.
class Descriptor {
public:
  Descriptor(const std::string& path, int flags, mode_t mode = 0666)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
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

// The functions that follow return what went wrong, as errno has it, or 0.

int write_bytes(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

// Pipes and terminals cannot be synced (EINVAL); for them there is nothing to wait for.
int sync(int fd) {
  return ::fsync(fd) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP ? 0 : errno;
}

int write_directly(const std::string& path, int flags, std::string_view bytes, bool wait) {
  Descriptor file(path, O_WRONLY | O_CREAT | flags);
  if (file.get() < 0) return errno;
  if (const int error = write_bytes(file.get(), bytes)) return error;
  if (const int error = wait ? sync(file.get()) : 0) return error;
  return file.close() == 0 ? 0 : errno;
}

// Where a name leads: symbolic links are followed, also to a file that is not there yet.
std::string followed(const std::string& path) {
  fs::path target = path;
  std::error_code error;
  for (int links = 0; fs::is_symlink(target, error); ++links) {
    if (links == 40) fail(path, "cannot write", ELOOP);
    const fs::path next = fs::read_symlink(target, error);
    target = next.is_absolute() ? next : target.parent_path() / next;
  }
  return target;
}

std::string folder_of(const std::string& path) {
  const std::string folder = fs::path(path).parent_path();
  return folder.empty() ? "." : folder;
}

// What the names of all temporary files of this file begin with: the file's name, shortened so that
// there is room for the rest, and this machine's.
std::string temporary_stem(const std::string& path) {
  char host[65] = {};
  if (::gethostname(host, sizeof host - 1) != 0) host[0] = 0;
  std::string name = fs::path(path).filename();
  if (name.size() > 120) {
    std::size_t end = 120; // not within a character
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xc0) == 0x80) --end;
    name.resize(end);
  }
  return fmt::format("{}.{}.", name, host);
}

constexpr std::size_t random_digits = 16; // no two writers share a name, whatever their PIDs

// A file of its own beside the one that it will replace. While its writer lives it holds a lock, so
// that the others can tell it from what a killed process left.
class TemporaryFile {
public:
  explicit TemporaryFile(const std::string& target, mode_t mode) {
    for (int attempt = 0; attempt < 100; ++attempt) {
      std::random_device bits;
      path_ = fmt::format("{}/{}{}.{:08x}{:08x}.tmp", folder_of(target), temporary_stem(target),
                          ::getpid(), bits(), bits());
      fd_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
      if (fd_ < 0 && errno == EEXIST) continue;
      error_ = fd_ < 0 ? errno : 0;
      if (fd_ < 0) return;
      // Between these two calls another process may have taken it for a leftover.
      const bool locked = ::flock(fd_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
      struct stat status {};
      if (locked && ::fstat(fd_, &status) == 0 && status.st_nlink > 0) return;
      ::close(fd_);
      fd_ = -1;
      error_ = EEXIST;
    }
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (fd_ < 0) return;
    if (!renamed_) ::unlink(path_.c_str());
    ::close(fd_);
  }
  int error() const { return error_; }
  int fd() const { return fd_; }
  int rename_to(const std::string& target) {
    if (::rename(path_.c_str(), target.c_str()) != 0) return errno;
    renamed_ = true;
    return 0;
  }

private:
  std::string path_;
  int fd_ = -1, error_ = 0;
  bool renamed_ = false;
};

// Removes the temporary files of this machine that nobody holds a lock on: their writers are dead.
void remove_leftovers(const std::string& target) {
  const std::string stem = temporary_stem(target);
  std::error_code error; // what cannot be removed stays; it is only in the way
  for (fs::directory_iterator file(folder_of(target), error), end; !error && file != end;
       file.increment(error)) {
    const std::string name = file->path().filename();
    if (!name.starts_with(stem) || !name.ends_with(".tmp")) continue;
    const std::string rest = name.substr(stem.size(), name.size() - stem.size() - 4);
    const std::size_t dot = rest.find('.'); // PID.RANDOM
    if (dot == rest.npos || rest.size() != dot + 1 + random_digits ||
        rest.find_first_not_of("0123456789abcdef.") != rest.npos)
      continue;
    const Descriptor left(file->path(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    if (left.get() >= 0 && ::flock(left.get(), LOCK_EX | LOCK_NB) == 0)
      ::unlink(file->path().c_str());
  }
}

// One attempt; `old` is the file that is there, if it is.
int replace(const std::string& target, std::string_view bytes, const struct stat* old) {
  TemporaryFile file(target, old ? 0600 : 0666);
  if (file.error()) return file.error();
  if (old) { // the owner can be kept by root alone; for everybody else it is theirs already
    if (::fchown(file.fd(), old->st_uid, old->st_gid) != 0 && errno == EIO) return errno;
    if (::fchmod(file.fd(), old->st_mode & 07777) != 0) return errno;
  }
  if (const int error = write_bytes(file.fd(), bytes)) return error;
  if (const int error = sync(file.fd())) return error;
  if (const int error = file.rename_to(target)) return error;
  // The new name is on the disk only when the folder is.
  const Descriptor folder(folder_of(target), O_RDONLY | O_DIRECTORY);
  return folder.get() < 0 ? 0 : sync(folder.get());
}

std::string kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a pipe";
  return S_ISSOCK(mode) ? "a socket" : "a device";
}

} // namespace

// Nothing waits for the other end of a pipe.
OpenFile::OpenFile(const std::string& path, std::uint64_t most)
    : path_(path), fd_(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)) {
  try {
    if (fd_ < 0 && errno == ENOENT) throw FormatError(path + ": no such file");
    struct stat status {};
    if (fd_ < 0 || ::fstat(fd_, &status) != 0) fail(path, "cannot read", errno);
    if (!S_ISREG(status.st_mode))
      throw FormatError(path + ": is " + kind_of(status.st_mode) + "; expected a file");
    size_ = static_cast<std::uint64_t>(status.st_size);
    if (size_ > most)
      throw FormatError(fmt::format("{}: {} bytes; expected at most {}", path, size_, most));
  } catch (...) {
    if (fd_ >= 0) ::close(fd_);
    throw;
  }
}

OpenFile::~OpenFile() { ::close(fd_); }

std::size_t OpenFile::read_some(std::uint64_t offset, char* to, std::size_t n) const {
  std::size_t done = 0;
  while (done < n) {
    const ssize_t got = ::pread(fd_, to + done, n - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path_, "cannot read", errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

void OpenFile::read_at(std::uint64_t offset, char* to, std::size_t n) const {
  if (const std::size_t got = read_some(offset, to, n); got < n)
    throw FormatError(path_, offset + got,
                      fmt::format("the file ends here; expected {} bytes more", n - got));
}

std::string read_file(const std::string& path, std::uint64_t most) {
  const OpenFile in(path, most);
  std::string bytes;
  std::size_t size = 0;
  bytes.resize(in.size() + 1); // + 1: the end is seen at once
  while ((size += in.read_some(size, bytes.data() + size, bytes.size() - size)) ==
         bytes.size()) // /proc, or it grew
    bytes.resize(2 * size + 4096);
  bytes.resize(size);
  return bytes;
}

std::string read_beginning(const std::string& path, std::size_t n) {
  const OpenFile in(path);
  std::string bytes(n, '\0');
  bytes.resize(in.read_some(0, bytes.data(), n));
  return bytes;
}

void write_file(const std::string& path, std::string_view bytes) {
  if (const int error = write_directly(path, O_TRUNC, bytes, false))
    fail(path, "cannot write", error);
}

void sync_folder(const std::string& folder) {
  const Descriptor fd(folder, O_RDONLY | O_DIRECTORY);
#ifdef __linux__
  if (fd.get() < 0 || ::syncfs(fd.get()) != 0) fail(folder, "cannot write", errno);
#else
  ::sync();
#endif
}

void make_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && !fs::is_directory(folder, error))
    error = std::make_error_code(std::errc::not_a_directory);
  if (error) throw FormatError(folder + ": cannot make this folder: " + error.message());
}

void write_file_atomically(const std::string& path, std::string_view bytes) {
  const std::string target = followed(path);
  struct stat status {};
  const bool exists = ::stat(target.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode))
    throw FormatError(path + ": cannot write: is a folder; expected a file name");
  int error = 0;
  if (exists && !S_ISREG(status.st_mode)) {
    error = write_directly(target, 0, bytes, true);
  } else {
    remove_leftovers(target);
    error = replace(target, bytes, exists ? &status : nullptr);
    if (error == ENOSPC || error == EDQUOT) { // another process may have died since
      remove_leftovers(target);
      error = replace(target, bytes, exists ? &status : nullptr);
    }
  }
  if (error) fail(path, "cannot write", error);
}

} // namespace tapestry
