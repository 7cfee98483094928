// Pictures of one size, each with the number of its class: what MNIST and CIFAR-10 are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tapestry {

struct LabelledImages {
  std::size_t channels = 0, height = 0, width = 0;
  std::vector<std::uint8_t> pixels; ///< (N, C, H, W), 0 to 255
  std::vector<int> labels;          ///< (N), each the place of its name in `classes`
  std::vector<std::string> classes;

  std::size_t size() const { return labels.size(); }
  std::size_t image_size() const { return channels * height * width; }
  /// The pixels of picture i, (C, H, W).
  const std::uint8_t* image(std::size_t i) const { return pixels.data() + i * image_size(); }
};

/// The part that a network learns from, and the part that nobody looks at before the end.
enum class Subset { train, test };

} // namespace tapestry
