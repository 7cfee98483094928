// A folder in which one process at a time works.
#pragma once

#include <string>

namespace tapestry {

/// Keeps a folder for one process. The kernel lets go of it when the process ends, however it ends,
/// and nothing is left in the folder. It knows the processes of one machine; a file system that has
/// no locks has none here either.
class FolderLock {
public:
  /// Throws FormatError "FOLDER: another run (process 4711) TASK here".
  FolderLock(const std::string& folder, const std::string& task);
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

private:
  int fd_;
};

} // namespace tapestry
