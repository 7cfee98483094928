#include "text/corpora/caption_corpus.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "text/tokens/lines.hpp"

namespace tapestry {

namespace {

constexpr const char* caption_file = "Flickr8k.token.txt";
constexpr const char* layout = "Flickr8k.token.txt, Flickr_8k.{train,dev,test}Images.txt and a "
                               "folder Flicker8k_Dataset, Flickr8k_Dataset or Images";

struct CaptionLine {
  std::string name;
  int number = 0;
  std::string caption;
};

bool parse(std::string_view line, CaptionLine& result) {
  const std::size_t tab = line.find('\t');
  if (tab == line.npos) return false;
  const std::string_view key = trimmed(line.substr(0, tab));
  const std::size_t hash = key.rfind('#');
  if (hash == key.npos || hash == 0) return false;
  const char* end = key.data() + key.size();
  const auto [stop, error] = std::from_chars(key.data() + hash + 1, end, result.number);
  result.name = key.substr(0, hash);
  result.caption = trimmed(line.substr(tab + 1));
  return error == std::errc{} && stop == end && result.number >= 0 && !result.caption.empty();
}

std::string find_image_folder(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const char* name : {"Flicker8k_Dataset", "Flickr8k_Dataset", "Images"})
    if (std::filesystem::is_directory(folder / name, ignored)) return folder / name;
  return {};
}

} // namespace

std::vector<CaptionedImage> read_caption_file(const std::string& path) {
  std::vector<std::string> lines = read_lines(path);
  while (!lines.empty() && trimmed(lines.back()).empty()) lines.pop_back();
  std::vector<CaptionedImage> images;
  std::unordered_map<std::string, std::size_t> places;
  std::set<std::pair<std::size_t, int>> seen;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    CaptionLine line;
    if (!parse(lines[i], line)) line_error(path, i + 1, "expected NAME#NUMBER<TAB>caption");
    const std::size_t place = places.emplace(line.name, images.size()).first->second;
    if (place == images.size()) images.push_back({line.name, {}, {}});
    if (!seen.emplace(place, line.number).second)
      line_error(path, i + 1, fmt::format("{}#{} is there already", line.name, line.number));
    images[place].captions.push_back(std::move(line.caption));
    images[place].numbers.push_back(line.number);
  }
  return images;
}

std::vector<std::string> read_split(const std::string& path) {
  const std::vector<std::string> lines = read_lines(path);
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string name{trimmed(lines[i])};
    if (name.empty()) continue;
    if (!seen.insert(name).second)
      line_error(path, i + 1, fmt::format("{} is there already", name));
    names.push_back(name);
  }
  return names;
}

CaptionCorpus read_corpus(const std::string& folder, const CorpusOptions& options) {
  const std::filesystem::path root{folder};
  std::error_code ignored; // what cannot be looked at is not there
  if (!std::filesystem::is_directory(root, ignored))
    throw FormatError(fmt::format("{}: no such folder; expected one with {}", folder, layout));
  for (const char* name : {caption_file, "Flickr_8k.trainImages.txt", "Flickr_8k.devImages.txt",
                           "Flickr_8k.testImages.txt"})
    if (!std::filesystem::is_regular_file(root / name, ignored))
      throw FormatError(fmt::format("{}: no {}; expected {}", folder, name, layout));

  CaptionCorpus corpus;
  corpus.folder = folder;
  corpus.image_folder = find_image_folder(root);
  if (options.require_images && corpus.image_folder.empty())
    throw FormatError(fmt::format("{}: no folder of images; expected {}", folder, layout));

  const std::vector<CaptionedImage> all = read_caption_file(root / caption_file);
  std::unordered_map<std::string, CaptionedImage> captioned;
  for (const CaptionedImage& image : all) captioned.emplace(image.name, image);

  const auto read_part = [&](const char* part) {
    const std::string path = root / fmt::format("Flickr_8k.{}Images.txt", part);
    std::vector<CaptionedImage> images;
    for (const std::string& name : read_split(path)) {
      const auto found = captioned.find(name);
      if (found == captioned.end())
        throw FormatError(fmt::format("{}: no caption for {} in {}", path, name, caption_file));
      const std::string picture = corpus.image_path(name);
      if (options.require_images && !std::filesystem::is_regular_file(picture, ignored))
        throw FormatError(fmt::format("{}: a caption for a missing picture: {} (expected at {})",
                                      path, name, picture));
      images.push_back(found->second);
    }
    return images;
  };
  corpus.train = read_part("train");
  corpus.dev = read_part("dev");
  corpus.test = read_part("test");
  // A picture that was learnt by heart says nothing of what was understood.
  std::unordered_set<std::string> trained;
  for (const CaptionedImage& image : corpus.train) trained.insert(image.name);
  for (const auto* part : {&corpus.dev, &corpus.test})
    for (const CaptionedImage& image : *part)
      if (trained.contains(image.name))
        throw FormatError(fmt::format("{}: {} is in two lists, train and {}; expected one", folder,
                                      image.name, part == &corpus.dev ? "dev" : "test"));
  std::unordered_set<std::string> listed = std::move(trained);
  for (const auto* part : {&corpus.dev, &corpus.test})
    for (const CaptionedImage& image : *part) listed.insert(image.name);
  for (const CaptionedImage& image : all)
    if (!listed.contains(image.name)) {
      corpus.unlisted.push_back(image.name);
      corpus.unlisted_captions += image.captions.size();
    }
  return corpus;
}

} // namespace tapestry
