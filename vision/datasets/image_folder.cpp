#include "vision/datasets/image_folder.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "autograd/base/error.hpp"

namespace tapestry {
namespace {

namespace files = std::filesystem;

bool is_hidden(const files::path& path) { return path.filename().string().starts_with('.'); }

bool has_picture_ending(const files::path& path) {
  std::string ending = path.extension().string();
  for (char& c : ending)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  constexpr std::array<const char*, 6> known{".png", ".jpg", ".jpeg", ".ppm", ".pgm", ".bmp"};
  return std::find(known.begin(), known.end(), ending) != known.end();
}

// Links to folders are not followed further down: they may lead in a circle.
std::vector<std::string> pictures_below(const files::path& folder, std::size_t& ignored) {
  std::vector<std::string> paths;
  for (files::recursive_directory_iterator entry(folder), end; entry != end; ++entry) {
    const files::path& path = entry->path();
    if (is_hidden(path))
      entry.disable_recursion_pending();
    else if (entry->is_regular_file() && has_picture_ending(path))
      paths.push_back(path.string());
    else if (entry->is_regular_file())
      ++ignored;
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

} // namespace

ImageFolder read_image_folder(const std::string& folder) try {
  ImageFolder result;
  for (const files::directory_entry& entry : files::directory_iterator(folder))
    if (entry.is_directory() && !is_hidden(entry.path()))
      result.classes.push_back(entry.path().filename().string());
  if (result.classes.empty())
    throw FormatError(folder + ": no folders in it; expected one for each class");
  std::sort(result.classes.begin(), result.classes.end());
  for (std::size_t label = 0; label < result.classes.size(); ++label) {
    const files::path path = files::path(folder) / result.classes[label];
    const std::vector<std::string> paths = pictures_below(path, result.ignored);
    if (paths.empty())
      throw FormatError(path.string() +
                        ": no picture of this class (.png, .jpg, .ppm, .pgm, .bmp)");
    for (const std::string& picture : paths)
      result.items.push_back({picture, static_cast<int>(label)});
  }
  return result;
} catch (const files::filesystem_error& error) {
  throw FormatError(fmt::format("{}: {}", error.path1().string(), error.code().message()));
}

} // namespace tapestry
