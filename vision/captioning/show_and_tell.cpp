#include "vision/captioning/show_and_tell.hpp"

#include <algorithm>

#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/loss.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

CnnOptions with_features(CnnOptions cnn, std::size_t features) {
  cnn.features = features;
  return cnn;
}

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

ShowAndTell::ShowAndTell(const ShowAndTellOptions& o, Rng& rng)
    : cnn_(with_features(o.cnn, o.embedding), rng),
      embed_({.num_embeddings = o.vocabulary, .embedding_dim = o.embedding}, rng),
      lstm_({.input_size = o.embedding, .hidden_size = o.hidden}, rng),
      to_words_({.in_features = o.hidden, .out_features = o.vocabulary}, rng),
      to_concepts_({.in_features = o.embedding, .out_features = o.sentence_parts * o.vocabulary},
                   rng),
      label_smoothing_(o.label_smoothing), sentence_parts_(o.sentence_parts), pairs_(o.pairs),
      every_step_(o.every_step) {
  // A forget gate that starts open lets the picture reach the last word (Jozefowicz et al. 2015).
  std::fill_n(lstm_.weights().bias_ih.value().data() + o.hidden, o.hidden, real{1});
}

//> concept-loss
// If no training picture shows a yellow square, "yellow" is evidence against "square", and a
// detector that learns this fails on the first one that it meets. So the detectors are asked about
// the sum of two pictures' vectors as well: there the words of both must be found, and yellow and
// square may well be among them.
Var ShowAndTell::concept_loss(const Operand& vectors, const Indices& picture_of,
                              const Indices& captions) {
  const Inside model = inside(vectors.caller());
  const std::size_t batch = vectors.shape()[0];
  const Indices next = neighbours(batch);
  const Var used =
      constant(words_used(captions, picture_of, batch, embed_.weight.shape()[0], sentence_parts_));
  const Var alone = binary_cross_entropy(to_concepts_(vectors), used);
  if (!pairs_) return alone;
  const Var sums = vectors + embedding(vectors, next);
  return alone + binary_cross_entropy(to_concepts_(sums), maximum(used, embedding(used, next)));
}
//< concept-loss

//> show-and-tell-loss
Var ShowAndTell::loss(const Operand& vectors, const Indices& picture_of, const Indices& captions) {
  const Inside model = inside(vectors.caller());
  const std::size_t length = captions.shape()[0], n = captions.shape()[1];
  const Var seen = embedding(vectors, picture_of); // (N, E), a row a caption
  const Var picture_first = reshape(seen, {1, n, seen.shape()[1]});
  Var words = embed_(rows(captions, 0, length - 1)); // (T - 1, N, E)
  if (every_step_) words = words + picture_first;
  const Var inputs = concatenate({picture_first, words}); // (T, N, E)
  const Var scores =
      to_words_(slice(lstm_(inputs).output, 0, 1, length)); // the picture predicts none
  return cross_entropy(
      scores, rows(captions, 1, length),
      {.ignore_index = Vocabulary::pad_id, .label_smoothing = training() ? label_smoothing_ : 0});
}
//< show-and-tell-loss

std::vector<Parameter> ShowAndTell::looking_parameters() {
  return parameters_of({&cnn_, &to_concepts_});
}

std::vector<Parameter> ShowAndTell::telling_parameters() {
  return parameters_of({&embed_, &lstm_, &to_words_});
}

std::vector<Parameter> ShowAndTell::parameters_of(std::initializer_list<nn::Module*> parts) {
  parameters(); // gives all of them their names
  std::vector<Parameter> all;
  for (nn::Module* part : parts)
    for (const Parameter& p : part->parameters()) all.push_back(p);
  return all;
}

//> show-and-tell-describe
std::vector<Hypothesis> ShowAndTell::tell(const Tensor& vector, const BeamOptions& options) {
  const Var seen = constant(reshaped(vector, {1, vector.size()}));
  LSTMState state = lstm_.step(seen, lstm_.zero_state(1));
  const auto next_word = [&](const std::vector<std::size_t>& parents,
                             const std::vector<int>& tokens) {
    const Indices from = ids_from(parents); // beams go on from their parents
    state = {embedding(state.h, from), embedding(state.c, from)};
    const Var words = embed_(ids_from(tokens));
    state = lstm_.step(every_step_ ? words + seen : words, state);
    return log_softmax(to_words_(state.h)).value();
  };
  return beam_search(next_word, options);
}
//< show-and-tell-describe

std::vector<Hypothesis> ShowAndTell::describe(const Tensor& picture, const BeamOptions& options) {
  const std::size_t s = picture.shape()[1];
  return tell(look(constant(reshaped(picture, {1, 3, s, s}))).value(), options);
}

void ShowAndTell::visit(nn::Visitor& v) {
  v("cnn", cnn_);
  v("embed", embed_);
  v("lstm", lstm_);
  v("to_words", to_words_);
  v("to_concepts", to_concepts_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
