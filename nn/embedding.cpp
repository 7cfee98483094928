#include "nn/embedding.hpp"

#include "autograd/lookup.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::nn {

Embedding::Embedding(const EmbeddingOptions& o, Rng& rng)
    : weight("weight", normal({o.num_embeddings, o.embedding_dim}, 0, 1, rng)) {}

Var Embedding::operator()(const Indices& ids, Caller at) const {
  return embedding({weight, at}, ids);
}

} // namespace tapestry::inline TAPESTRY_PRECISION::nn
