// Word vectors from a text: CBOW and skip-gram, with negative sampling or a hierarchical softmax
// (Mikolov et al. 2013a, 2013b; the settings are those of their program, word2vec.c).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "text/embeddings/embedding_step.hpp"
#include "text/embeddings/huffman.hpp"
#include "text/embeddings/word_corpus.hpp"
#include "text/embeddings/word_sampling.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct Word2VecOptions {
  std::size_t dim = 100;
  std::size_t window = 8; ///< words to each side, at most: it is drawn from 1 .. window each time
  std::size_t negatives = 10; ///< words drawn for each that is right; 0: a hierarchical softmax
  std::size_t epochs = 5;     ///< times through the text
  double sample = 1e-4;       ///< see keep_chances
  double power = 0.75;        ///< see WordSampler
  double lr = 0.05;       ///< at first; it falls in a line to 1/10,000 of that. Skip-gram: 0.025
  bool skip_gram = false; ///< each word around a place says by itself which word stands there
  InputGradient input_gradient = InputGradient::whole;
  std::size_t batch = 64; ///< examples that are computed before the tables change: the room for
                          ///< threads. The result depends on it, and not on the threads.
  std::uint64_t seed = 1;
};

/// How far training is.
struct Word2VecProgress {
  std::uint64_t words, total; ///< of the text, times the epochs; left-out words count too
  double loss;                ///< the mean over the examples of the last million words or so
};

/// The same options and the same text give the same vectors, bit for bit, with any number of
/// threads.
class Word2Vec {
public:
  /// Throws std::invalid_argument for an option out of range and for a text of one word. The corpus
  /// must stay as long as this does.
  Word2Vec(const WordCorpus& corpus, const Word2VecOptions& options);

  /// All epochs. `report` is called now and then. Throws std::runtime_error if numbers have
  /// overflowed: with few words and a large batch, a row gets too many steps at once.
  void train(const std::function<void(const Word2VecProgress&)>& report = {});
  /// The vectors of the words, in the corpus' order. -> (words, dim)
  Tensor vectors() const { return in_.values(); }
  /// The rows on the other side: of the words, or of the tree's nodes.
  Tensor outputs() const { return out_.values(); }

private:
  void add_example(std::span<const std::int32_t> sentence, std::size_t at, std::size_t reach);
  void add_targets(std::int32_t centre);
  void draw_negatives(std::uint64_t first_example, std::size_t first, std::size_t last);
  void step(double rate);

  const WordCorpus& corpus_;
  Word2VecOptions options_;
  std::vector<double> keep_;
  std::optional<WordSampler> sampler_;
  std::optional<HuffmanTree> tree_;
  EmbeddingTable in_, out_;
  EmbeddingExamples examples_;
  EmbeddingStep step_;
  std::uint64_t drawn_ = 0; // examples so far: each has a stream of random numbers of its own
  double loss_ = 0;
  std::uint64_t losses_ = 0;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
