#include "vision/captioning/taught_cnn.hpp"

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/loss.hpp"
#include "text/tokens/vocabulary.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// 1 where a picture's captions use a word in this part of the sentence, else 0. -> (B, parts * V)
Tensor words_used(const Indices& captions, const Indices& picture_of, std::size_t pictures,
                  std::size_t vocabulary, std::size_t parts) {
  Tensor used = zeros({pictures, parts * vocabulary});
  const std::size_t n = captions.shape()[1];
  for (std::size_t i = 0; i < n; ++i) {
    std::size_t length = 0; // of the sentence without <start> and <end>
    while (length + 1 < captions.shape()[0] && captions(length + 1, i) > Vocabulary::end_id)
      ++length;
    for (std::size_t t = 0; t < length; ++t) {
      const std::size_t part = parts * t / length, word = captions(t + 1, i);
      used(picture_of(i), part * vocabulary + word) = 1;
    }
  }
  return used;
}

// 1, 2, ..., 0: each row's neighbour.
Indices neighbours(std::size_t n) {
  Indices next = Indices::from_shape({n});
  for (std::size_t i = 0; i < n; ++i) next(i) = static_cast<std::int32_t>((i + 1) % n);
  return next;
}

} // namespace

TaughtCnn::TaughtCnn(const TaughtCnnOptions& o, Rng& rng)
    : options_(o), cnn_(o.cnn, rng),
      to_concepts_({.in_features = o.cnn.features, .out_features = o.sentence_parts * o.vocabulary},
                   rng) {}

//> concept-loss
// If no training picture shows a yellow square, "yellow" is evidence against "square", and a
// detector that learns this fails on the first one that it meets. So the detectors are asked about
// the sum of two pictures' vectors as well: there the words of both must be found, and yellow and
// square may well be among them.
Var TaughtCnn::loss(const Operand& vectors, const Indices& picture_of, const Indices& captions) {
  const Inside model = inside(vectors.caller());
  const std::size_t batch = vectors.shape()[0];
  const Indices next = neighbours(batch);
  const Var used = constant(
      words_used(captions, picture_of, batch, options_.vocabulary, options_.sentence_parts));
  const Var alone = binary_cross_entropy(to_concepts_(vectors), used);
  if (!options_.pairs) return alone;
  const Var sums = vectors + embedding(vectors, next);
  return alone + binary_cross_entropy(to_concepts_(sums), maximum(used, embedding(used, next)));
}
//< concept-loss

void TaughtCnn::visit(nn::Visitor& v) {
  v("cnn", cnn_);
  v("to_concepts", to_concepts_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
