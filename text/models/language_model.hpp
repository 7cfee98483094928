// A recurrent language model, of words or of characters: from what was read to what comes next.
#pragma once

#include "autograd/random.hpp"
#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/lstm.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct LanguageModelOptions {
  std::size_t vocabulary;
  std::size_t embedding = 64, hidden = 512, layers = 1;
  double dropout = 0; ///< on the embeddings, between layers, and on what the last layer shows
  /// The scores' weights are the embeddings themselves (Press and Wolf 2017; Inan et al. 2017). If
  /// the two sizes differ, a linear layer without bias lies between.
  bool tied = false;
};

/// Embedding, LSTM, softmax over the vocabulary (Mikolov et al. 2010 with the cell of Graves 2013).
/// It reads a text from left to right in windows, and carries its state from one to the next.
class LanguageModel : public nn::Module {
public:
  LanguageModel(const LanguageModelOptions& options, Rng& rng);

  /// The state before the first token, zeros. -> h, c (layers, B, hidden)
  LSTMState start(std::size_t batch) const;

  /// What the last layer shows at each step; `state` becomes the one after, detached, so that the
  /// gradient ends with this window. ids: (T, B) -> (T, B, hidden)
  Var read(const Indices& ids, LSTMState& state, Rng& rng) const;
  /// The mean over all targets of -log P(target | all ids before), in nats. ids[t, b] is what is
  /// read, targets[t, b] the token after it. Dropout if training() is on. ids, targets: (T, B)
  Var loss(const Indices& ids, const Indices& targets, LSTMState& state, Rng& rng) const;
  /// log P(next token) after one more token. ids: (B) -> (B, vocabulary)
  Tensor next(const Indices& ids, LSTMState& state) const;

  const LanguageModelOptions& options() const { return options_; }
  void visit(nn::Visitor& v) override;

private:
  bool resized() const { return options_.tied && options_.embedding != options_.hidden; }
  Var to_scored(const Var& shown) const; // (..., hidden) -> what the scores' weights multiply
  const Parameter& weight() const { return options_.tied ? embed_.weight : to_scores_.weight; }

  LanguageModelOptions options_;
  nn::Embedding embed_;
  nn::LSTM lstm_;
  nn::Linear resize_;    // hidden -> embedding, if tied and of different sizes
  nn::Linear to_scores_; // its weight is unused if tied
};

} // namespace tapestry::inline TAPESTRY_PRECISION
