#include "vision/datasets/cifar.hpp"

#include <array>
#include <filesystem>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "text/tokens/lines.hpp"
#include "vision/datasets/byte_stream.hpp"
#include "vision/datasets/image_folder.hpp"

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
  names = read_lines(path);
  std::erase(names, "");
  if (names.size() != cifar_classes.size())
    throw FormatError(fmt::format("{}: {} names of classes; expected 10", path, names.size()));
  return names;
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
