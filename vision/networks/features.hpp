// What a pretrained network makes of a folder of pictures, computed once and kept.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "vision/networks/pretrained.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct FeatureOptions {
  std::size_t side = 224; ///< pictures are cut to their middle square and resized to it
  Size2d regions = 0;     ///< 0: one vector a picture; else one for each of so many regions
  std::size_t batch = 16; ///< pictures that the network sees at once
  /// The file that keeps the vectors, one for each folder; "": none is kept.
  std::string cache = {};
  std::size_t save_every = 500; ///< pictures: what a killed run loses at most
  /// Told after each batch how many of the pictures that were not in the cache are done.
  std::function<void(std::size_t done, std::size_t total)> progress = {};
};

struct Features {
  std::vector<std::string> names;   ///< the files that are pictures, in alphabetical order
  Tensor vectors;                   ///< (N, features) or (N, regions, features), a row a name
  std::vector<std::string> skipped; ///< a line for each picture that could not be read
  std::size_t computed = 0;         ///< how many vectors the cache did not have
  std::string cache_problem;        ///< why it was not used or not written; "" if it was
};

/// The vectors of all files of a folder that are named as pictures.
///
/// The cache knows a picture by the digest of its bytes, and a network by Pretrained::digest: after
/// a change of either the vectors are computed anew, and a picture under another name is still
/// known. A cache that is cut short, damaged or another network's is written anew. It is replaced
/// as a whole, so runs at the same time do each other's work again and no harm.
///
/// Throws FormatError if the folder cannot be read; what is wrong with one picture or with the
/// cache is told in the result.
Features folder_features(const std::string& folder, const Pretrained& model,
                         const FeatureOptions& options = {});

} // namespace tapestry::inline TAPESTRY_PRECISION
