// A network whose weights come from a file, with what must be known to use them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nn/training/safetensors.hpp"
#include "vision/networks/conv_norm.hpp"
#include "vision/networks/picture_network.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct PretrainedOptions {
  std::optional<PaddingRule> padding = {}; ///< what the file's metadata say; if nothing, torch's
  std::optional<InputScale> scale = {};    ///< likewise; if nothing, what goes with the padding
  bool fold = true;                        ///< batch normalisation becomes part of the convolutions
};

struct Pretrained {
  std::unique_ptr<PictureNetwork> network; ///< in evaluation, all its parameters frozen
  std::string name;                        ///< "MobileNetV2" or "SqueezeNet 1.1"
  InputScale scale;
  std::string digest; ///< changes with any byte of the file, and with the options
  PaddingRule padding = PaddingRule::torch;

  /// The notes by which `pretrained_from` finds padding and scale again.
  std::map<std::string, std::string> notes() const;
};

/// Reads a safetensors file with torchvision's names; by them it tells MobileNetV2 (width 1, with
/// batch normalisation or folded) from SqueezeNet 1.1, and by the last layer's shape the number of
/// classes. Metadata that begin "TensorFlow SAME" (padding) and "RGB x/127.5-1" (input) are heeded.
/// Throws FormatError of one line: no such network, or which tensors are missing, of another shape
/// or not a part of it.
Pretrained load_pretrained(const std::string& path, const PretrainedOptions& options = {});
/// The same from what was read of the file at `path`.
Pretrained pretrained_from(const std::string& path, nn::SafetensorsFile file,
                           const PretrainedOptions& options = {});

/// The vector of one picture: the mean over the network's grid. picture: (3, H, W) in [0, 1]
/// -> (features)
Tensor vector_of(const Pretrained& model, const Tensor& picture);

/// The classes' names, one a line. Throws FormatError, also if there are not so many.
std::vector<std::string> read_labels(const std::string& path, std::size_t classes);

struct Guess {
  std::size_t label;
  double probability;
};
/// For every row, the n most probable classes, the best first. logits: (B, classes)
std::vector<std::vector<Guess>> best_guesses(const Tensor& logits, std::size_t n);

} // namespace tapestry::inline TAPESTRY_PRECISION
