#include "vision/show_and_tell.hpp"

#include <algorithm>

#include "autograd/arithmetic.hpp"
#include "autograd/lookup.hpp"
#include "autograd/loss.hpp"
#include "autograd/shaping.hpp"
#include "autograd/softmax.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

CnnOptions with_features(CnnOptions cnn, std::size_t features) {
  cnn.features = features;
  return cnn;
}

// Rows begin .. end-1 of the captions, as numbers.
Indices steps(const Indices& captions, std::size_t begin, std::size_t end) {
  const std::size_t n = captions.shape()[1];
  Indices part = Indices::from_shape({end - begin, n});
  std::copy_n(captions.data() + begin * n, part.size(), part.data());
  return part;
}

// 1 where a picture's captions use a word, else 0. -> (B, V)
Tensor words_used(const Indices& captions, const Indices& picture_of, const Shape& shape) {
  Tensor used = zeros(shape);
  const std::size_t n = captions.shape()[1];
  for (std::size_t i = 0; i < captions.size(); ++i) used(picture_of(i % n), captions.data()[i]) = 1;
  return used;
}

Indices column(const std::vector<int>& ids) {
  Indices x = Indices::from_shape({ids.size()});
  std::copy(ids.begin(), ids.end(), x.data());
  return x;
}

} // namespace

ShowAndTell::ShowAndTell(const ShowAndTellOptions& o, Rng& rng)
    : cnn_(with_features(o.cnn, o.embedding), rng),
      embed_({.num_embeddings = o.vocabulary, .embedding_dim = o.embedding}, rng),
      lstm_({.input_size = o.embedding, .hidden_size = o.hidden}, rng),
      to_words_({.in_features = o.hidden, .out_features = o.vocabulary}, rng),
      to_concepts_({.in_features = o.embedding, .out_features = o.vocabulary}, rng),
      dropout_(o.dropout), word_dropout_(o.word_dropout), concepts_(o.concepts),
      label_smoothing_(o.label_smoothing) {
  // A forget gate that starts open lets the picture reach the last word (Jozefowicz et al. 2015).
  std::fill_n(lstm_.bias_ih.value().data() + o.hidden, o.hidden, real{1});
}

//> show-and-tell-loss
Var ShowAndTell::loss(const Operand& pictures, const Indices& picture_of, const Indices& captions,
                      Rng& rng) {
  const std::size_t length = captions.shape()[0], n = captions.shape()[1];
  const Var vectors = cnn_(pictures);              // (B, E)
  const Var seen = embedding(vectors, picture_of); // (N, E), a row a caption
  Indices read = steps(captions, 0, length - 1);
  if (training()) disturb(read, rng);
  const Var words = embed_(read); // (T-1, N, E)
  const Var picture_first = reshape(seen, {1, n, seen.shape()[1]});
  const Var inputs = dropout_(concatenate({picture_first, words}), rng); // (T, N, E)
  const Var outputs = dropout_(lstm_(inputs).output, rng);
  const Var scores = to_words_(slice(outputs, 0, 1, length)); // the picture itself predicts nothing
  const Indices next = steps(captions, 1, length);
  if (!training()) return cross_entropy(scores, next, {.ignore_index = Vocabulary::pad_id});
  const Var told = cross_entropy(
      scores, next, {.ignore_index = Vocabulary::pad_id, .label_smoothing = label_smoothing_});
  return told + concepts_ * concept_loss_of(vectors, picture_of, captions);
}
//< show-and-tell-loss

//> disturb
// Hides half of the chosen words as <unk> and puts random ones in place of the others (Xie et al.
// 2017): what cannot trust the word before must look at the picture.
void ShowAndTell::disturb(Indices& words, Rng& rng) const {
  const std::size_t first = Vocabulary::unk_id + 1, count = embed_.weight.shape()[0] - first;
  for (std::int32_t& word : words.storage())
    if (word > Vocabulary::unk_id && rng.chance(word_dropout_))
      word = static_cast<std::int32_t>(rng.chance(0.5) ? Vocabulary::unk_id
                                                       : first + rng.below(count));
}
//< disturb

Var ShowAndTell::concept_loss(const Operand& pictures, const Indices& picture_of,
                              const Indices& captions) {
  return concept_loss_of(cnn_(pictures), picture_of, captions);
}

//> concept-loss
Var ShowAndTell::concept_loss_of(const Var& vectors, const Indices& picture_of,
                                 const Indices& captions) const {
  const Var concepts = to_concepts_(vectors); // (B, V)
  return binary_cross_entropy(concepts,
                              constant(words_used(captions, picture_of, concepts.shape())));
}
//< concept-loss

//> show-and-tell-describe
std::vector<Hypothesis> ShowAndTell::describe(const Tensor& picture, const BeamOptions& options) {
  const std::size_t s = picture.shape()[1];
  const Var seen = cnn_(constant(reshaped(picture, {1, 3, s, s})));
  LSTMState state = lstm_.step(seen, lstm_.zero_state(1));
  const auto next_word = [&](const std::vector<std::size_t>& parents,
                             const std::vector<int>& tokens) {
    const Indices rows = column({parents.begin(), parents.end()});
    state = {embedding(state.h, rows), embedding(state.c, rows)}; // beams go on from their parents
    state = lstm_.step(embed_(column(tokens)), state);
    return log_softmax(to_words_(state.h)).value();
  };
  return beam_search(next_word, options);
}
//< show-and-tell-describe

void ShowAndTell::visit(nn::Visitor& v) {
  v("cnn", cnn_);
  v("embed", embed_);
  v("lstm", lstm_);
  v("to_words", to_words_);
  v("to_concepts", to_concepts_);
  v("dropout", dropout_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
