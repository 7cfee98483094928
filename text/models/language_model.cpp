#include "text/models/language_model.hpp"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/dropout.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "nn/init.hpp"
#include "nn/linear_cross_entropy.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

const LanguageModelOptions& checked(const LanguageModelOptions& o) {
  if (o.vocabulary == 0 || o.embedding == 0 || o.hidden == 0 || o.layers == 0)
    throw std::invalid_argument(
        fmt::format("LanguageModel: vocabulary {}, embedding {}, hidden {}, layers {}; each must "
                    "be at least 1",
                    o.vocabulary, o.embedding, o.hidden, o.layers));
  if (!(o.dropout >= 0 && o.dropout < 1))
    throw std::invalid_argument(
        fmt::format("LanguageModel: dropout {}; it must be in [0, 1)", o.dropout));
  return o;
}

} // namespace

LanguageModel::LanguageModel(const LanguageModelOptions& o, Rng& rng)
    : options_(checked(o)),
      embed_({.num_embeddings = o.vocabulary, .embedding_dim = o.embedding}, rng),
      lstm_({.input_size = o.embedding,
             .hidden_size = o.hidden,
             .num_layers = o.layers,
             .dropout = o.layers > 1 ? o.dropout : 0},
            rng),
      resize_({.in_features = o.hidden, .out_features = o.embedding, .bias = false}, rng),
      to_scores_({.in_features = o.tied ? o.embedding : o.hidden, .out_features = o.vocabulary},
                 rng) {
  // As weights of the scores, rows of length 1 are about what Linear begins with.
  if (o.tied)
    embed_.weight.set(normal({o.vocabulary, o.embedding}, 0,
                             1 / std::sqrt(static_cast<double>(o.embedding)), rng));
  // A forget gate that starts open remembers from the first step on (Jozefowicz et al. 2015).
  for (std::size_t layer = 0; layer < o.layers; ++layer)
    lstm_.weights(layer).bias_ih.update(
        [&](Tensor& b) { std::fill_n(b.data() + o.hidden, o.hidden, real{1}); });
}

LSTMState LanguageModel::start(std::size_t batch) const {
  const Shape shape{options_.layers, batch, options_.hidden};
  return {constant(zeros(shape)), constant(zeros(shape))};
}

//> language-model-read
Var LanguageModel::read(const Indices& ids, LSTMState& state, Rng& rng) const {
  const auto dropped = [&](const Var& x) {
    return training() && options_.dropout > 0 ? dropout(x, options_.dropout, rng) : x;
  };
  auto [output, last] = lstm_(dropped(embed_(ids)), state, rng);
  state = detach(last);
  return dropped(output);
}
//< language-model-read

Var LanguageModel::to_scored(const Var& shown) const { return resized() ? resize_(shown) : shown; }

Var LanguageModel::loss(const Indices& ids, const Indices& targets, LSTMState& state,
                        Rng& rng) const {
  const Var shown = to_scored(read(ids, state, rng));
  return linear_cross_entropy(shown, weight(), to_scores_.bias, targets);
}

Tensor LanguageModel::next(const Indices& ids, LSTMState& state) const {
  Indices row = Indices::from_shape({1, ids.size()});
  std::copy_n(ids.data(), ids.size(), row.data());
  auto [output, last] = lstm_(embed_(row), state);
  state = detach(last);
  const Var shown = to_scored(select(output, 0, 0));
  return log_softmax(matmul(shown, transpose(weight())) + to_scores_.bias).value();
}

void LanguageModel::visit(nn::Visitor& v) {
  v("embed", embed_);
  v("lstm", lstm_);
  if (resized()) v("resize", resize_);
  if (!options_.tied) v("to_scores.weight", to_scores_.weight);
  v("to_scores.bias", to_scores_.bias);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
