// A trained captioner: what looks, what tells, the words it knows, and the file that holds all.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "text/tokens/vocabulary.hpp"
#include "vision/captioning/show_and_tell.hpp"
#include "vision/captioning/taught_cnn.hpp"
#include "vision/networks/pretrained.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct CaptionerOptions {
  std::size_t embedding = 256; ///< of a word
  std::size_t hidden = 256;    ///< of the LSTM
  double dropout = 0;          ///< of the LSTM's inputs and outputs
  double first_words = 1;      ///< as in ShowAndTellOptions; only an untrained one's
  bool every_step = false;     ///< as in ShowAndTellOptions
  /// The size of the vectors, if they come from elsewhere; 0: a CNN of its own makes them, and they
  /// have the size of a word's.
  std::size_t picture = 0;
  std::string seen_by = {};       ///< what made those vectors, for people: "MobileNetV2"
  std::size_t sentence_parts = 3; ///< the rest is for the CNN, as in TaughtCnnOptions
  bool pairs = true;
  CnnOptions cnn = {}; ///< `features` is set to `embedding`
};

class Captioner : public nn::Module {
public:
  /// An untrained one.
  Captioner(Vocabulary vocabulary, CaptionerOptions options, Rng& rng);

  const Vocabulary words;
  const CaptionerOptions options;
  std::optional<TaughtCnn> cnn;      ///< none if vectors come from elsewhere
  std::optional<Pretrained> network; ///< what makes those vectors, if it has been brought along
  ShowAndTell teller;

  /// From now on it sees with this network, which becomes a part of it and of its file. A
  /// ShapeError unless it makes vectors of options.picture numbers.
  void bring(Pretrained network);
  /// Whether it can caption pictures, not only vectors.
  bool sees() const { return cnn || network; }
  /// The pixels a side of the pictures that it takes.
  std::size_t side() const { return cnn ? options.cnn.side : 224; }

  /// What a checkpoint must say so that `load_captioner` can build the model again.
  std::map<std::string, std::string> notes() const;

  /// The most probable caption that a beam search finds, as a sentence. picture: (3, side, side),
  /// or a ShapeError; a std::logic_error if it does not see. It changes nothing, in training mode
  /// either.
  std::string describe(const Tensor& picture, const BeamOptions& search = {});

  /// The same from a vector that something else has made. vector: (options.picture), or a
  /// ShapeError
  std::string tell(const Tensor& vector, const BeamOptions& search = {});

  /// The parameters' names have no prefix: "embed.weight", "cnn.outlines..."; but for those of a
  /// network that was brought along: "network.features.0.0.weight".
  void visit(nn::Visitor& v) override;
};

/// Reads a checkpoint that was saved with the captioner's notes. A FormatError if it is no
/// captioner's; what it says of sizes is compared with what it holds before anything is built.
Captioner load_captioner(const std::string& path);
/// load_captioner, and a FormatError if the captioner has no CNN of its own.
Captioner load_seeing_captioner(const std::string& path);

} // namespace tapestry::inline TAPESTRY_PRECISION
