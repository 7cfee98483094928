// A tagger written for one sentence: word by word, cell by cell. What chapter 14 does with packed
// batches is here two loops over the words, and batches are left to run_together.
#pragma once

#include <span>
#include <vector>

#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/lstm.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct SentenceTaggerOptions {
  std::size_t words, tags;
  std::size_t embedding = 200, hidden = 200, layers = 2;
};

class SentenceTagger : public nn::Module {
public:
  SentenceTagger(const SentenceTaggerOptions& options, Rng& rng);

  /// Scores of all tags for each word. words: at least one, or a std::invalid_argument
  /// -> (words, tags)
  Var operator()(std::span<const int> words) const;
  /// The mean of the words' cross entropies. -> ()
  Var loss(std::span<const int> words, std::span<const int> tags) const;
  void visit(nn::Visitor& v) override;

  /// One layer: a net that reads from the left, and one from the right.
  struct Layer {
    nn::LSTM forward, reverse;
  };
  std::vector<Layer> layers;

private:
  nn::Embedding embed_;
  nn::Linear to_tags_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
