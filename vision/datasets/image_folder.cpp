#include "vision/datasets/image_folder.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/parallel.hpp"
#include "vision/images/decode.hpp"

namespace tapestry {
namespace {

namespace files = std::filesystem;

bool is_hidden(const files::path& path) { return path.filename().string().starts_with('.'); }

// Links to folders are not followed further down: they may lead in a circle.
std::vector<std::string> pictures_below(const files::path& folder, std::size_t& ignored) {
  std::vector<std::string> paths;
  for (files::recursive_directory_iterator entry(folder), end; entry != end; ++entry) {
    const files::path& path = entry->path();
    if (is_hidden(path))
      entry.disable_recursion_pending();
    else if (entry->is_regular_file() && named_as_picture(path.string()))
      paths.push_back(path.string());
    else if (entry->is_regular_file())
      ++ignored;
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// One pixel after the other -> one colour after the other. Transparency shows white.
void planes_of(const Pixels& picture, std::uint8_t* out) {
  const std::size_t n = picture.height * picture.width;
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t i = 0; i < n; ++i) {
      const int alpha = picture.rgba[4 * i + 3];
      const int level = picture.rgba[4 * i + c] * alpha + 255 * (255 - alpha);
      out[c * n + i] = static_cast<std::uint8_t>((level + 127) / 255);
    }
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

LabelledImages read_labelled_folder(const std::string& folder) {
  const ImageFolder found = read_image_folder(folder);
  const std::string& first = found.items.front().path;
  const Pixels sample = read_pixels(first);
  LabelledImages result{3, sample.height, sample.width, {}, {}, found.classes};
  for (const ImageFolder::Item& item : found.items) result.labels.push_back(item.label);
  constexpr std::uint64_t most_bytes = 8'000'000'000;
  if (result.size() > most_bytes / result.image_size())
    throw FormatError(fmt::format("{}: {} pictures of {} x {} have more than {} bytes", folder,
                                  result.size(), sample.height, sample.width, most_bytes));
  result.pixels.resize(result.size() * result.image_size());
  parallel_parts(found.items.size(), [&](std::size_t i) {
    const Pixels picture = read_pixels(found.items[i].path);
    if (picture.height != sample.height || picture.width != sample.width)
      throw FormatError(fmt::format("{}: {} x {} pixels; expected {} x {} as in {}",
                                    found.items[i].path, picture.width, picture.height,
                                    sample.width, sample.height, first));
    planes_of(picture, result.pixels.data() + i * result.image_size());
  });
  return result;
}

} // namespace tapestry
