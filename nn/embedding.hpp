// A table of vectors, one for every word.
#pragma once

#include "autograd/random.hpp"
#include "nn/module.hpp"
#include "nn/packed_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

struct EmbeddingOptions {
  std::size_t num_embeddings, embedding_dim;
};

/// weight: (num_embeddings, embedding_dim), from N(0, 1).
class Embedding : public Module {
public:
  Embedding(const EmbeddingOptions& options, Rng& rng);

  /// ids: (...) -> (..., embedding_dim)
  Var operator()(const Indices& ids, Caller at = Caller::here()) const;
  PackedSequence operator()(const PackedIndices& ids, Caller at = Caller::here()) const {
    return ids.with((*this)(ids.data, at));
  }
  void visit(Visitor& v) override { v("weight", weight); }

  Parameter weight;
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
