// Show and Tell: a neural image caption generator (Vinyals, Toshev, Bengio and Erhan 2015).
#pragma once

#include <string>
#include <vector>

#include "nn/embedding.hpp"
#include "nn/recurrent/lstm.hpp"
#include "text/decoding/beam_search.hpp"
#include "vision/networks/cnn.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct ShowAndTellOptions {
  std::size_t vocabulary;         ///< words, the special ones included
  std::size_t embedding = 256;    ///< of a word, and of the picture
  std::size_t hidden = 256;       ///< of the LSTM
  double label_smoothing = 0.5;   ///< what the LSTM's targets share out evenly
  std::size_t sentence_parts = 3; ///< each word's detector looks for it in one of so many parts
  bool pairs = true;       ///< the detectors learn from sums of two pictures' vectors as well
  bool every_step = false; ///< the picture's vector is added to every word's, not read once only
  CnnOptions cnn = {};     ///< `features` is set to `embedding`
};

/// The picture's vector enters the LSTM once, before <start>; from then on the LSTM sees only words
/// (equations 10 to 12):
///
///   x(-1) = CNN(I),  x(t) = We S(t),  p(t+1) = LSTM(x(t))
///
/// Their CNN had learnt from a million labelled pictures, and was left as it was while the LSTM
/// learnt (section 4.3.1). Ours has seen none, so it is taught first, by the captions alone: its
/// vector must tell which words they use, and in which third of the sentence (concept_loss). Then
/// it is left as it is, and the LSTM learns to tell in sentences what the vector holds (loss).
class ShowAndTell : public nn::Module {
public:
  ShowAndTell(const ShowAndTellOptions& options, Rng& rng);

  /// pictures: (B, 3, S, S) -> their vectors (B, E)
  Var look(const Operand& pictures) { return cnn_(pictures); }

  /// How badly linear detectors on the vectors find the words that the captions use (as in Fang et
  /// al. 2015, section 3, with the third of the sentence beside the word). vectors: (B, E).
  /// picture_of: (N), the row of `vectors` that each of N captions belongs to. captions: (T, N),
  /// <start> first, <pad> after <end>.
  Var concept_loss(const Operand& vectors, const Indices& picture_of, const Indices& captions);

  /// The mean negative log-likelihood of every word and <end>, each predicted from the words before
  /// it (teacher forcing), in training with smoothed labels (Szegedy et al. 2016). Arguments as
  /// above.
  Var loss(const Operand& vectors, const Indices& picture_of, const Indices& captions);

  /// What concept_loss teaches, and what loss teaches once the CNN is left as it is.
  std::vector<Parameter> looking_parameters();
  std::vector<Parameter> telling_parameters();

  /// The best captions for one picture's vector, best first, as word ids up to <end>. vector: (E)
  std::vector<Hypothesis> tell(const Tensor& vector, const BeamOptions& options);

  /// The same for the picture itself. picture: (3, S, S)
  std::vector<Hypothesis> describe(const Tensor& picture, const BeamOptions& options);

  void visit(nn::Visitor& v) override;

private:
  std::vector<Parameter> parameters_of(std::initializer_list<nn::Module*> parts);

  Cnn cnn_;
  nn::Embedding embed_;
  nn::LSTM lstm_;
  nn::Linear to_words_, to_concepts_;
  double label_smoothing_;
  std::size_t sentence_parts_;
  bool pairs_, every_step_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
