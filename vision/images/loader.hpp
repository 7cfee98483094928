// Many pictures, read and prepared by all threads, handed over in order.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What becomes of the file: read_image, a resize, a crop. Called by many threads at once. What is
/// random in it needs an Rng of its own, made from `number`, so that the order of the threads does
/// not matter.
using PrepareImage = std::function<Tensor(const std::string& path, std::size_t number)>;

struct LoaderOptions {
  bool skip_bad = false;   ///< leave out a picture that cannot be prepared, and list it
  std::size_t threads = 0; ///< 0: as many as thread_count()
  std::size_t ahead = 0;   ///< pictures that wait at most to be fetched; 0: four a thread
};

struct LoadedImage {
  std::size_t number; ///< the place of its path
  Tensor image;
};

/// A picture that was left out, and why.
struct BadImage {
  std::size_t number;
  std::string path, problem;
};

/// Begins to load with its construction, and stops with its destruction, fetched or not.
class ImageLoader {
public:
  ImageLoader(std::vector<std::string> paths, PrepareImage prepare,
              const LoaderOptions& options = {});
  ~ImageLoader();
  ImageLoader(const ImageLoader&) = delete;
  ImageLoader& operator=(const ImageLoader&) = delete;

  /// The next picture in the order of the paths, or nothing after the last. Without skip_bad, it
  /// throws what preparing this picture threw, and the call after goes on with the one behind it.
  /// For one thread at a time.
  std::optional<LoadedImage> next();

  /// Those left out so far, in order.
  const std::vector<BadImage>& skipped() const { return skipped_; }
  std::size_t size() const; ///< of the paths

private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
  std::vector<BadImage> skipped_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
