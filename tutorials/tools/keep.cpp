#include "keep.hpp"

#include <cstdlib>
#include <filesystem>

#include "autograd/base/file.hpp"

namespace tapestry {
namespace {

namespace fs = std::filesystem;

fs::path kept_in() {
  const char* folder = std::getenv("TAPESTRY_KEEP");
  return folder ? folder : "";
}

} // namespace

void keep(const std::string& name, std::string_view content) {
  const fs::path folder = kept_in();
  if (folder.empty()) return;
  write_file_atomically(folder / name, content);
}

void keep_file(const std::string& path) {
  const fs::path folder = kept_in();
  if (!folder.empty())
    write_file_atomically(folder / fs::path(path).filename(), read_file(path));
}

} // namespace tapestry
