#include "nn/embedding.hpp"

#include "autograd/operators/lookup.hpp"
#include "nn/sequences/packed_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

Embedding::Embedding(const EmbeddingOptions& o, Rng& rng)
    : weight("weight", normal({o.num_embeddings, o.embedding_dim}, 0, 1, rng)) {}

Var Embedding::operator()(const Indices& ids, Caller at) const {
  const Inside layer = inside(at);
  return embedding(weight, ids);
}

PackedSequence Embedding::operator()(const PackedIndices& ids, Caller at) const {
  check_rows("Embedding", ids, at);
  return ids.with((*this)(ids.data, at));
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
