#include "vision/captioning/picture_vectors.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "nn/training/npy.hpp"
#include "text/corpora/caption_corpus.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

std::string ids_path(const std::string& folder) { return folder + "/features_ids.txt"; }

// The one file FOLDER/features_*.npy.
std::string features_path(const std::string& folder) {
  std::vector<std::string> found;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("features_") && name.ends_with(".npy"))
      found.push_back(entry.path().string());
  }
  if (error) throw FormatError(fmt::format("{}: {}", folder, error.message()));
  std::sort(found.begin(), found.end());
  if (found.size() != 1)
    throw FormatError(fmt::format("{}: {} files features_*.npy, expected one", folder,
                                  found.empty() ? "no" : std::to_string(found.size())));
  return found.front();
}

} // namespace

PictureVectors::PictureVectors(const std::vector<std::string>& names, Tensor vectors,
                               std::string source)
    : source_(std::move(source)), vectors_(std::move(vectors)) {
  if (vectors_.dimension() != 2 || vectors_.shape()[0] != names.size())
    throw std::invalid_argument(fmt::format("{}: {} names for vectors of shape {}", source_,
                                            names.size(), to_string(Shape(vectors_.shape()))));
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!rows_.emplace(names[i], i).second)
      throw std::invalid_argument(fmt::format("{}: \"{}\" is there twice", source_, names[i]));
}

bool PictureVectors::there(const std::string& folder) {
  return std::filesystem::exists(ids_path(folder));
}

PictureVectors PictureVectors::read(const std::string& folder) {
  const std::vector<std::string> names = read_split(ids_path(folder));
  const std::string path = features_path(folder);
  Tensor vectors = read_npy(path);
  if (vectors.dimension() != 2 || vectors.shape()[0] != names.size())
    throw FormatError(fmt::format("{}: an array of shape {}, expected a row for each of the {} "
                                  "names in {}",
                                  path, to_string(Shape(vectors.shape())), names.size(),
                                  ids_path(folder)));
  for (std::size_t i = 0; i < vectors.size(); ++i)
    if (!std::isfinite(vectors.data()[i]))
      throw FormatError(fmt::format("{}: the vector of {} has a number that is not finite", path,
                                    names[i / vectors.shape()[1]]));
  return PictureVectors(names, std::move(vectors), path);
}

Tensor PictureVectors::of(const std::vector<std::string>& names) const {
  Tensor some = Tensor::from_shape({names.size(), width()});
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto row = rows_.find(names[i]);
    if (row == rows_.end())
      throw std::invalid_argument(
          fmt::format("{}: there is no vector of the picture {}", source_, names[i]));
    std::copy_n(vectors_.data() + row->second * width(), width(), some.data() + i * width());
  }
  return some;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
