#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "autograd/base/file.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

struct Folder {
  Folder() {
    if (!::mkdtemp(path.data())) throw std::runtime_error("no temporary folder " + path);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string path = (std::filesystem::temp_directory_path() / "fuzz.XXXXXX").string();
};

} // namespace

std::string as_file(const std::uint8_t* data, std::size_t size, const char* name) {
  static const Folder folder;
  const std::string path = folder.path + "/" + name;
  tapestry::write_file(path, {reinterpret_cast<const char*>(data), size});
  return path;
}
