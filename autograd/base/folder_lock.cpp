#include "autograd/base/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"

namespace tapestry {
namespace {

// Who holds the lock on this open folder, as the kernel lists it: "1: FLOCK ADVISORY WRITE 4711
// 08:01:5243 0 EOF". 0 if it does not say.
long holder_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return 0;
  std::string list;
  try {
    list = read_file("/proc/locks");
  } catch (const FormatError&) {
    return 0;
  }
  const std::string place = fmt::format(":{} ", status.st_ino);
  for (std::size_t at = 0, end; (end = list.find('\n', at)) != list.npos; at = end + 1) {
    const std::string line = list.substr(at, end - at);
    long holder = 0;
    if (line.find("FLOCK") != line.npos && line.find("->") == line.npos &&
        line.find(place) != line.npos && std::sscanf(line.c_str(), "%*s %*s %*s %*s %ld", &holder))
      return holder;
  }
  return 0;
}

} // namespace

FolderLock::FolderLock(const std::string& folder, const std::string& task)
    : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
  if (fd_ < 0) throw FormatError(folder + ": cannot read: " + std::strerror(errno));
  if (::flock(fd_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  const long holder = holder_of(fd_);
  ::close(fd_);
  throw FormatError(fmt::format("{}: another run{} {} here", folder,
                                holder > 0 ? fmt::format(" (process {})", holder) : "", task));
}

FolderLock::~FolderLock() { ::close(fd_); }

} // namespace tapestry
