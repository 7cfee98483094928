// A CNN that learns from captions alone: from its vector, detectors must tell which words they use.
#pragma once

#include "nn/linear.hpp"
#include "vision/networks/cnn.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct TaughtCnnOptions {
  std::size_t vocabulary;         ///< words, the special ones included
  std::size_t sentence_parts = 3; ///< each word's detector looks for it in one of so many parts
  bool pairs = true; ///< the detectors learn from sums of two pictures' vectors as well
  CnnOptions cnn = {};
};

/// The CNN of Show and Tell had learnt from a million labelled pictures. This one has seen none, so
/// it is taught first: its vector must tell which words a picture's captions use, and in which
/// third of the sentence. Then it is left as it is.
class TaughtCnn : public nn::Module {
public:
  TaughtCnn(const TaughtCnnOptions& options, Rng& rng);

  /// pictures: (B, 3, S, S) -> their vectors (B, E)
  Var look(const Operand& pictures) { return cnn_(pictures); }

  /// How badly linear detectors on the vectors find the words that the captions use (as in Fang et
  /// al. 2015, section 3, with the third of the sentence beside the word). vectors: (B, E).
  /// picture_of: (N), the row of `vectors` that each of N captions belongs to. captions: (T, N),
  /// <start> first, <pad> after <end>.
  Var loss(const Operand& vectors, const Indices& picture_of, const Indices& captions);

  void visit(nn::Visitor& v) override;

private:
  TaughtCnnOptions options_;
  Cnn cnn_;
  nn::Linear to_concepts_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
