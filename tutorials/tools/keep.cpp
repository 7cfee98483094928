#include "keep.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

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
  std::ofstream file(folder / name, std::ios::binary);
  file << content;
  if (!file.flush()) throw std::runtime_error((folder / name).string() + ": cannot be written");
}

void keep_file(const std::string& path) {
  const fs::path folder = kept_in();
  if (!folder.empty())
    fs::copy_file(path, folder / fs::path(path).filename(), fs::copy_options::overwrite_existing);
}

} // namespace tapestry
