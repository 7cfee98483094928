#include "vision/captioning/show_and_tell.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "nn/linear_cross_entropy.hpp"
#include "nn/sequences/packed_sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// The number of tokens of each caption, <start> and <end> included. captions: (T, N) -> (N)
Lengths caption_lengths(const Indices& captions) {
  const std::size_t t_max = captions.shape()[0], n = captions.shape()[1];
  Lengths lengths(n, 0);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t t = 0; t < t_max && captions(t, i) != Vocabulary::pad_id; ++t) ++lengths[i];
  return lengths;
}

// picture_of in the order of the packed sequences. -> (N)
Indices sorted_pictures(const Indices& picture_of, const PackedLayout& layout) {
  Indices sorted = Indices::from_shape(picture_of.shape());
  for (std::size_t i = 0; i < sorted.size(); ++i)
    sorted(i) = picture_of(static_cast<std::size_t>(layout.sorted_indices(i)));
  return sorted;
}

} // namespace

ShowAndTell::ShowAndTell(const ShowAndTellOptions& o, Rng& rng)
    : options_(o), embed_({.num_embeddings = o.vocabulary, .embedding_dim = o.embedding}, rng),
      lstm_({.input_size = o.embedding, .hidden_size = o.hidden}, rng),
      to_words_({.in_features = o.hidden, .out_features = o.vocabulary}, rng), dropout_(o.dropout) {
  if (o.picture != 0) {
    from_picture_.emplace(nn::LinearOptions{.in_features = o.picture, .out_features = o.embedding},
                          rng);
    mean_ = zeros({o.picture});
    scale_ = ones({o.picture});
  }
  for (real& x : embed_.weight.value()) x *= static_cast<real>(o.first_words);
  // A forget gate that starts open lets the picture reach the last word (Jozefowicz et al. 2015).
  std::fill_n(lstm_.weights().bias_ih.value().data() + o.hidden, o.hidden, real{1});
}

Var ShowAndTell::enter(const Operand& vectors) const {
  if (!from_picture_) return vectors;
  return (*from_picture_)((vectors - constant(mean_)) * constant(scale_));
}

void ShowAndTell::standardise(const Tensor& vectors) {
  const std::size_t width = options_.picture;
  if (width == 0 || vectors.dimension() != 2 || vectors.shape()[1] != width ||
      vectors.shape()[0] == 0)
    throw std::logic_error(fmt::format("ShowAndTell::standardise: vectors of shape {}, expected "
                                       "(n, {})",
                                       to_string(Shape(vectors.shape())), width));
  const auto n = static_cast<double>(vectors.shape()[0]);
  for (std::size_t k = 0; k < width; ++k) {
    double sum = 0, squares = 0;
    for (std::size_t i = k; i < vectors.size(); i += width) {
      const auto x = static_cast<double>(vectors.data()[i]);
      sum += x, squares += x * x;
    }
    const double mean = sum / n, variance = std::max(squares / n - mean * mean, 0.0);
    mean_.data()[k] = static_cast<real>(mean);
    scale_.data()[k] =
        static_cast<real>(1 / std::sqrt(variance + 1e-6)); // an entry may be constant
  }
}

//> show-and-tell-loss
Var ShowAndTell::loss(const Operand& vectors, const Indices& picture_of, const Indices& captions,
                      Rng& rng, double label_smoothing) {
  const std::size_t n = captions.shape()[1];
  Lengths lengths = caption_lengths(captions);
  const PackedIndices tokens = pack_padded_sequence(captions, lengths, {.enforce_sorted = false});
  for (int& length : lengths) --length; // nothing comes after <end>
  const PackedIndices read = pack_padded_sequence(rows(captions, 0, captions.shape()[0] - 1),
                                                  lengths, {.enforce_sorted = false});

  const Var seen = embedding(enter(vectors), sorted_pictures(picture_of, *tokens.layout)); // (N, E)
  Var words = embed_(read.data); // (M, E), <start> to the last word
  if (options_.every_step) words = words + embedding(seen, read.layout->sequences());

  // The picture stands where `tokens` has <start>: one step before what is read.
  const Var inputs = dropout_(concatenate({seen, words}), rng); // (N + M, E)
  const Var shown = lstm_(tokens.with(inputs)).output.data;
  const std::size_t end = n + words.shape()[0];
  return linear_cross_entropy(dropout_(slice(shown, 0, n, end), rng), to_words_.weight,
                              to_words_.bias, rows(tokens.data, n, end),
                              {.label_smoothing = label_smoothing});
}
//< show-and-tell-loss

ShowAndTell::Look ShowAndTell::look(const Tensor& vector) const {
  const Var seen = enter(constant(reshaped(vector, {1, vector.size()})));
  return {seen, lstm_.step(seen, lstm_.zero_state(1))};
}

//> show-and-tell-describe
Var ShowAndTell::next(Look& look, const std::vector<std::size_t>& parents,
                      const std::vector<int>& tokens) {
  const Indices from = ids_from(parents); // sentences go on from their parents
  look.state = {embedding(look.state.h, from), embedding(look.state.c, from)};
  const Var words = embed_(ids_from(tokens));
  look.state = lstm_.step(options_.every_step ? words + look.seen : words, look.state);
  return log_softmax(to_words_(look.state.h));
}

std::vector<Hypothesis> ShowAndTell::tell(const Tensor& vector, const BeamOptions& options) {
  Look one = look(vector);
  return beam_search(
      [&](const std::vector<std::size_t>& parents, const std::vector<int>& tokens) {
        return NextTokens{next(one, parents, tokens).value()};
      },
      options);
}
//< show-and-tell-describe

std::vector<double> ShowAndTell::log_probabilities(const Tensor& vector,
                                                   const std::vector<int>& tokens) {
  std::vector<double> result;
  Look one = look(vector);
  int last = Vocabulary::start_id;
  for (const int token : tokens) {
    const Tensor log_p = next(one, {0}, {last}).value();
    if (token < 0 || static_cast<std::size_t>(token) >= options_.vocabulary)
      throw std::invalid_argument(fmt::format("ShowAndTell::log_probabilities: word {}, expected "
                                              "0 to {}",
                                              token, options_.vocabulary - 1));
    result.push_back(static_cast<double>(log_p(0, static_cast<std::size_t>(token))));
    last = token;
  }
  return result;
}

std::vector<Hypothesis> tell_together(std::span<ShowAndTell* const> models, const Tensor& vector,
                                      const BeamOptions& options) {
  if (models.empty()) throw std::invalid_argument("tell_together: no models, expected at least 1");
  std::vector<ShowAndTell::Look> looks;
  for (ShowAndTell* model : models) looks.push_back(model->look(vector));
  const auto next_word = [&](const std::vector<std::size_t>& parents,
                             const std::vector<int>& tokens) {
    Tensor mean; // of the probabilities; then their logarithm
    for (std::size_t k = 0; k < models.size(); ++k) {
      const Tensor log_p = models[k]->next(looks[k], parents, tokens).value();
      if (k == 0) mean = zeros(log_p.shape());
      for (std::size_t i = 0; i < mean.size(); ++i) mean.data()[i] += std::exp(log_p.data()[i]);
    }
    for (std::size_t i = 0; i < mean.size(); ++i)
      mean.data()[i] = std::log(mean.data()[i] / static_cast<real>(models.size()));
    return NextTokens{mean};
  };
  return beam_search(next_word, options);
}

void ShowAndTell::visit(nn::Visitor& v) {
  if (from_picture_) {
    v("from_picture", *from_picture_);
    v("picture_mean", mean_);
    v("picture_scale", scale_);
  }
  v("embed", embed_);
  v("lstm", lstm_);
  v("to_words", to_words_);
  v("dropout", dropout_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
