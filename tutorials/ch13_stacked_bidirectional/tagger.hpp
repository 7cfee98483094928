// The task of this chapter, and the tagger that its programs train.
#pragma once

#include <vector>

#include "autograd/random.hpp"
#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/sequences/padding.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

//> batch
struct LetterBatch {
  PackedIndices letters, labels; // (N)
};

// The label of letter t of x, (n): 1 if the letter before it and the letter after it are equal,
// else 0. The first and the last have none: -100 is ignored.
inline int neighbours_equal(const Indices& x, std::size_t t) {
  if (t == 0 || t == x.size() - 1) return -100;
  return x(t - 1) == x(t + 1) ? 1 : 0;
}

// `count` random sequences of 3 to 12 letters, a or b, and their labels.
inline LetterBatch random_batch(std::size_t count, Rng& rng,
                                int (*label)(const Indices&, std::size_t) = neighbours_equal) {
  std::vector<Indices> letters, labels;
  Lengths lengths;
  for (std::size_t b = 0; b < count; ++b) {
    const std::size_t n = 3 + rng.below(10);
    Indices x = Indices::from_shape({n}), y = Indices::from_shape({n});
    for (std::size_t t = 0; t < n; ++t) x(t) = static_cast<std::int32_t>(rng.below(2));
    for (std::size_t t = 0; t < n; ++t) y(t) = label(x, t);
    letters.push_back(x), labels.push_back(y), lengths.push_back(static_cast<int>(n));
  }
  const PackOptions any{.enforce_sorted = false};
  return {pack_padded_sequence(pad_sequence(letters), lengths, any),
          pack_padded_sequence(pad_sequence(labels), lengths, any)};
}
//< batch

//> tagger
struct LetterTagger : nn::Module {
  nn::Embedding embed;
  nn::GRU gru;
  nn::Linear to_labels;

  LetterTagger(const nn::GRUOptions& options, Rng& rng)
      : embed({.num_embeddings = 2, .embedding_dim = options.input_size}, rng), gru(options, rng),
        to_labels({.in_features = (options.bidirectional ? 2 : 1) * options.hidden_size,
                   .out_features = 2},
                  rng) {}
  void visit(nn::Visitor& v) override {
    v("embed", embed), v("gru", gru), v("to_labels", to_labels);
  }

  // (N) -> (N, 2)
  PackedSequence operator()(const PackedIndices& letters) const {
    return to_labels(gru(embed(letters)).output);
  }
};
//< tagger

// The share of a batch's labels that score higher than the other.
inline double accuracy(const LetterTagger& tagger, const LetterBatch& batch) {
  const Tensor scores = tagger(batch.letters).data.value();
  double right = 0, all = 0;
  for (std::size_t i = 0; i < batch.labels.data.size(); ++i) {
    const std::int32_t label = batch.labels.data(i);
    if (label < 0) continue;
    right += (scores(i, 1) > scores(i, 0)) == (label == 1);
    all += 1;
  }
  return right / all;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
