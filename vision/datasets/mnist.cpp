#include "vision/datasets/mnist.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "vision/datasets/idx.hpp"

namespace tapestry {
namespace {

std::string find_idx(const std::string& folder, const std::string& name, const char* kind) {
  std::error_code ignored; // what cannot be looked at is not there
  for (const char* joint : {"-", "."})
    for (const char* ending : {"", ".gz"}) {
      const std::string path = folder + "/" + name + joint + kind + ending;
      if (std::filesystem::is_regular_file(path, ignored)) return path;
    }
  throw FormatError(fmt::format("{}: no {}-{} or {}-{}.gz; expected MNIST's four files", folder,
                                name, kind, name, kind));
}

} // namespace

LabelledImages read_idx_images(const std::string& images, const std::string& labels,
                               std::size_t classes) {
  const auto check_rank = [](const std::string& path, const IdxArray& array, std::size_t rank) {
    if (array.shape.size() != rank)
      throw FormatError(path, 3,
                        fmt::format("an array of rank {}; expected {}", array.shape.size(), rank));
  };
  const IdxArray numbers = read_idx(labels);
  check_rank(labels, numbers, 1);
  for (std::size_t i = 0; i < numbers.data.size(); ++i)
    if (numbers.data[i] >= classes)
      throw FormatError(labels, 8 + i,
                        fmt::format("label {}; expected 0 to {}", numbers.data[i], classes - 1));
  IdxArray pictures = read_idx(images);
  check_rank(images, pictures, 3);
  if (pictures.shape[0] != numbers.shape[0])
    throw FormatError(fmt::format("{}: {} pictures, but {} labels in {}", images, pictures.shape[0],
                                  numbers.shape[0], labels));
  LabelledImages result{1, pictures.shape[1], pictures.shape[2], std::move(pictures.data), {}, {}};
  if (result.size() > 0 && result.image_size() == 0)
    throw FormatError(images + ": pictures without pixels");
  result.labels.assign(numbers.data.begin(), numbers.data.end());
  for (std::size_t c = 0; c < classes; ++c) result.classes.push_back(std::to_string(c));
  return result;
}

LabelledImages read_mnist(const std::string& folder, Subset subset) {
  const std::string name = subset == Subset::train ? "train" : "t10k";
  const std::string images = find_idx(folder, name + "-images", "idx3-ubyte");
  return read_idx_images(images, find_idx(folder, name + "-labels", "idx1-ubyte"));
}

} // namespace tapestry
