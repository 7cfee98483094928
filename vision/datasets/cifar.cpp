#include "vision/datasets/cifar.hpp"

#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "autograd/base/parallel.hpp"
#include "vision/datasets/byte_stream.hpp"
#include "vision/datasets/image_folder.hpp"
#include "vision/images/decode.hpp"

namespace tapestry {
namespace {

constexpr std::size_t cifar_side = 32, cifar_size = 3 * cifar_side * cifar_side;
constexpr std::array<const char*, 10> cifar_classes{
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};

bool is_file(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored);
}

bool is_folder(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

std::vector<std::string> class_names(const std::string& path) {
  std::vector<std::string> names;
  if (!is_file(path)) return {cifar_classes.begin(), cifar_classes.end()};
  const std::string text = read_file(path, 10'000);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string name = text.substr(at, end - at);
    if (!name.empty() && name.back() == '\r') name.pop_back();
    if (!name.empty()) names.push_back(name);
    at = end + 1;
  }
  if (names.size() != cifar_classes.size())
    throw FormatError(fmt::format("{}: {} names of classes; expected 10", path, names.size()));
  return names;
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

void read_cifar_batch(const std::string& path, LabelledImages& to) {
  ByteStream file(path);
  std::array<std::uint8_t, 1 + cifar_size> record;
  to.channels = 3, to.height = to.width = cifar_side;
  while (true) {
    const std::uint64_t begin = file.at();
    const std::size_t got = file.read(record.data(), record.size());
    if (got == 0) break;
    if (got < record.size())
      throw FormatError(
          path, begin,
          fmt::format("cut off: a record of {} bytes; expected {}", got, record.size()));
    if (record[0] >= cifar_classes.size())
      throw FormatError(path, begin, fmt::format("label {}; expected 0 to 9", record[0]));
    to.labels.push_back(record[0]);
    to.pixels.insert(to.pixels.end(), record.begin() + 1, record.end());
  }
  if (file.at() == 0) throw FormatError(path + ": the file is empty; expected CIFAR-10's records");
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

LabelledImages read_cifar10(const std::string& folder, Subset subset) {
  const bool train = subset == Subset::train;
  for (const std::string& root : {folder, folder + "/cifar-10-batches-bin"}) {
    if (!is_file(root + (train ? "/data_batch_1.bin" : "/test_batch.bin"))) continue;
    LabelledImages result;
    result.classes = class_names(root + "/batches.meta.txt");
    if (!train) read_cifar_batch(root + "/test_batch.bin", result);
    for (int i = 1; train && i <= 5; ++i)
      read_cifar_batch(fmt::format("{}/data_batch_{}.bin", root, i), result);
    return result;
  }
  const std::string pictures = folder + (train ? "/train" : "/test");
  if (is_folder(pictures)) return read_labelled_folder(pictures);
  throw FormatError(
      fmt::format("{}: neither {} nor a folder {}; expected CIFAR-10's binary version, "
                  "or pictures in a folder for each class",
                  folder, train ? "data_batch_1.bin" : "test_batch.bin", train ? "train" : "test"));
}

} // namespace tapestry
