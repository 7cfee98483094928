// Many to one: a sentence in, one of a few classes out.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/lstm.hpp"
#include "text/tokens/vocabulary.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// What of all steps decides.
enum class Summary {
  last, ///< the state after the last word; of the reverse direction, after the first
  mean, ///< the mean of all steps
  max,  ///< the largest value of each entry (Conneau et al. 2017)
};
/// "last", "mean" or "max", or a std::invalid_argument that lists them.
Summary summary_of(const std::string& name);

struct SentimentOptions {
  std::size_t vocabulary, classes = 2;
  std::size_t embedding = 100, hidden = 100;
  bool bidirectional = true;
  Summary summary = Summary::max;
  double dropout = 0.5;      ///< on embeddings and on the summary
  double word_dropout = 0.1; ///< words that become <unk> while training
};

class SentimentModel : public nn::Module {
public:
  SentimentModel(const SentimentOptions& options, Rng& rng);

  /// Scores of the classes. sentences: B of ids, none empty, or a std::invalid_argument
  /// -> (B, classes)
  Var operator()(const std::vector<std::vector<int>>& sentences, Rng& rng) const;

  /// The words' vectors, (vocabulary, embedding): to begin from others.
  Parameter& vectors() { return embed_.weight; }
  void visit(nn::Visitor& v) override;

private:
  SentimentOptions options_;
  nn::Embedding embed_;
  nn::LSTM lstm_;
  nn::Linear to_classes_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
