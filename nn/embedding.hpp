// A table of vectors, one for every word.
#pragma once

#include "autograd/random.hpp"
#include "nn/module.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
template <class Data> struct Packed; // nn/sequences/packed_sequence.hpp, for those who have one
}

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
  Packed<Var> operator()(const Packed<Indices>& ids, Caller at = Caller::here()) const;
  void visit(Visitor& v) override { v("weight", weight); }

  Parameter weight;
};

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
