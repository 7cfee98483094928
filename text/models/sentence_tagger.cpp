#include "text/models/sentence_tagger.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "autograd/ids.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

SentenceTagger::SentenceTagger(const SentenceTaggerOptions& o, Rng& rng)
    : embed_({.num_embeddings = o.words, .embedding_dim = o.embedding}, rng),
      to_tags_({.in_features = 2 * o.hidden, .out_features = o.tags}, rng) {
  for (std::size_t l = 0; l < o.layers; ++l) {
    const nn::LSTMOptions one{.input_size = l == 0 ? o.embedding : 2 * o.hidden,
                              .hidden_size = o.hidden};
    nn::LSTM forward(one, rng), reverse(one, rng);
    layers.push_back({std::move(forward), std::move(reverse)});
  }
}

//> sentence-tagger
Var SentenceTagger::operator()(std::span<const int> words) const {
  if (words.empty()) throw std::invalid_argument("SentenceTagger: a sentence without words");
  const std::size_t n = words.size();
  std::vector<Var> x(n); // (1, E), then (1, 2H)
  for (std::size_t t = 0; t < n; ++t) x[t] = embed_(ids_from(words.subspan(t, 1)));
  for (const Layer& layer : layers) {
    std::vector<Var> left(n), right(n);
    LSTMState state = layer.forward.zero_state(1);
    for (std::size_t t = 0; t < n; ++t) {
      state = layer.forward.step(x[t], state);
      left[t] = state.h;
    }
    state = layer.reverse.zero_state(1);
    for (std::size_t t = n; t-- > 0;) {
      state = layer.reverse.step(x[t], state);
      right[t] = state.h;
    }
    for (std::size_t t = 0; t < n; ++t) x[t] = concatenate({left[t], right[t]}, 1);
  }
  return to_tags_(concatenate(x, 0));
}
//< sentence-tagger

Var SentenceTagger::loss(std::span<const int> words, std::span<const int> tags) const {
  return cross_entropy((*this)(words), ids_from(tags));
}

void SentenceTagger::visit(nn::Visitor& v) {
  v("embed", embed_);
  for (std::size_t l = 0; l < layers.size(); ++l) {
    v(fmt::format("layers.{}.forward", l), layers[l].forward);
    v(fmt::format("layers.{}.reverse", l), layers[l].reverse);
  }
  v("to_tags", to_tags_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
