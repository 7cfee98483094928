// A trained captioner: the model, the words it knows, and the file that holds both.
#pragma once

#include <map>
#include <string>

#include "text/tokens/vocabulary.hpp"
#include "vision/captioning/show_and_tell.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct Captioner {
  Vocabulary words;
  ShowAndTellOptions options;
  ShowAndTell model;

  /// An untrained one, whose options follow from the words.
  Captioner(Vocabulary vocabulary, ShowAndTellOptions model_options, Rng& rng);

  /// What a checkpoint must say so that `load_captioner` can build the model again.
  std::map<std::string, std::string> notes() const;

  /// The most probable caption that a beam search finds, as a sentence. picture: (3, side, side),
  /// or a ShapeError. It changes nothing, in training mode either.
  std::string describe(const Tensor& picture, const BeamOptions& search = {});
};

/// Reads a checkpoint that was saved with the captioner's notes. A FormatError if it is no
/// captioner's; what it says of sizes is compared with what it holds before anything is built.
Captioner load_captioner(const std::string& path);

} // namespace tapestry::inline TAPESTRY_PRECISION
