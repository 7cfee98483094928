// Show and Tell: a neural image caption generator (Vinyals, Toshev, Bengio and Erhan 2015).
#pragma once

#include <string>
#include <vector>

#include "nn/dropout.hpp"
#include "nn/embedding.hpp"
#include "nn/lstm.hpp"
#include "text/beam_search.hpp"
#include "vision/cnn.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct ShowAndTellOptions {
  std::size_t vocabulary;      ///< words, the special ones included
  std::size_t embedding = 256; ///< of a word, and of the picture
  std::size_t hidden = 256;    ///< of the LSTM
  double dropout = 0.2;        ///< on what enters and what leaves the LSTM
  double word_dropout = 0.6;   ///< of the words it reads in training, the share disturbed
  double concepts = 5;         ///< weight of the second loss, on the words that a picture calls for
  double label_smoothing = 0.1;
  CnnOptions cnn = {}; ///< `features` is set to `embedding`
};

/// The picture's vector enters the LSTM once, before <start>; from then on the LSTM sees only words
/// (equations 10 to 12):
///
///   x(-1) = CNN(I),  x(t) = We S(t),  p(t+1) = LSTM(x(t))
///
/// Their CNN had seen a million labelled pictures before. Ours has seen none, so in training it
/// gets a second task that needs no more than the captions: the picture's vector must also tell
/// which words they use, in whatever order (as the detectors of Fang et al. 2015, section 3, do).
class ShowAndTell : public nn::Module {
public:
  ShowAndTell(const ShowAndTellOptions& options, Rng& rng);

  /// The mean negative log-likelihood of every word and <end>, each predicted from the words before
  /// it (teacher forcing). Some words are hidden (Bowman et al. 2016): what cannot lean on the word
  /// before must look at the picture. pictures: (B, 3, S, S). picture_of: (N), the row of
  /// `pictures` that each of N captions belongs to. captions: (T, N), <start> first, <pad> after
  /// <end>.
  /// In training, the loss on concepts is added.
  Var loss(const Operand& pictures, const Indices& picture_of, const Indices& captions, Rng& rng);

  /// The first task alone: which words the captions of a picture use.
  Var concept_loss(const Operand& pictures, const Indices& picture_of, const Indices& captions);

  /// The best captions of one picture, best first, as word ids up to <end>. picture: (3, S, S)
  std::vector<Hypothesis> describe(const Tensor& picture, const BeamOptions& options);

  void visit(nn::Visitor& v) override;

private:
  void disturb(Indices& words, Rng& rng) const;
  Var concept_loss_of(const Var& vectors, const Indices& picture_of, const Indices& captions) const;

  Cnn cnn_;
  nn::Embedding embed_;
  nn::LSTM lstm_;
  nn::Linear to_words_, to_concepts_;
  nn::Dropout dropout_;
  double word_dropout_, concepts_, label_smoothing_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
