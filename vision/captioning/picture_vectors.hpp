// Pictures' vectors from a file, found by the pictures' names.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

class PictureVectors {
public:
  /// names: the pictures', each once. vectors: (names.size(), width). source: the file that they
  /// come from, for errors. A std::invalid_argument if the two differ or a name comes twice.
  PictureVectors(const std::vector<std::string>& names, Tensor vectors, std::string source);

  /// Reads FOLDER/features_ids.txt, a name a line, and the one file FOLDER/features_*.npy, a row
  /// for each name. A FormatError if one of them is missing, if they do not fit, or for any number
  /// that is not finite.
  static PictureVectors read(const std::string& folder);
  /// Whether the folder has a list of names, as `read` wants it.
  static bool there(const std::string& folder);

  std::size_t width() const { return vectors_.shape()[1]; }
  std::size_t size() const { return vectors_.shape()[0]; }
  const std::string& source() const { return source_; }
  bool contains(const std::string& name) const { return rows_.contains(name); }

  /// The vectors of these pictures. A std::invalid_argument names one that is not there.
  /// -> (names.size(), width)
  Tensor of(const std::vector<std::string>& names) const;

private:
  std::string source_;
  std::unordered_map<std::string, std::size_t> rows_;
  Tensor vectors_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
