#include "text/models/sentiment.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "autograd/ids.hpp"
#include "autograd/operators/dropout.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/sequences/over_time.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Summary summary_of(const std::string& name) {
  if (name == "last") return Summary::last;
  if (name == "mean") return Summary::mean;
  if (name == "max") return Summary::max;
  throw std::invalid_argument(
      fmt::format("summary \"{}\"; expected last, mean or max", name.substr(0, 40)));
}

SentimentModel::SentimentModel(const SentimentOptions& o, Rng& rng)
    : options_(o), embed_({.num_embeddings = o.vocabulary, .embedding_dim = o.embedding}, rng),
      lstm_({.input_size = o.embedding, .hidden_size = o.hidden, .bidirectional = o.bidirectional},
            rng),
      to_classes_({.in_features = (o.bidirectional ? 2 : 1) * o.hidden, .out_features = o.classes},
                  rng) {
  embed_.weight.update([](Tensor& w) {
    for (real& x : w) x *= static_cast<real>(0.1);
  });
}

//> sentiment-model
Var SentimentModel::operator()(const std::vector<std::vector<int>>& sentences, Rng& rng) const {
  std::vector<std::vector<int>> kept = sentences;
  Lengths lengths;
  for (std::vector<int>& words : kept) {
    if (words.empty()) throw std::invalid_argument("SentimentModel: a sentence without words");
    lengths.push_back(static_cast<int>(words.size()));
    if (training())
      for (int& id : words)
        if (rng.chance(options_.word_dropout)) id = Vocabulary::unk_id;
  }
  const auto dropped = [&](const Var& x) {
    return training() && options_.dropout > 0 ? dropout(x, options_.dropout, rng) : x;
  };
  const PackedIndices packed = pack_padded_sequence(stack_padded(kept, Vocabulary::pad_id), lengths,
                                                    {.enforce_sorted = false});
  const PackedSequence read = packed.with(dropped(embed_(packed.data)));
  const auto [output, state] = lstm_(read);
  Var summary; // (B, D * H)
  if (options_.summary == Summary::last) {
    summary = select(state.h, 0, 0);
    if (options_.bidirectional) summary = concatenate({summary, select(state.h, 0, 1)}, 1);
  } else {
    const Var padded = pad_packed_sequence(output).output; // (T, B, D * H)
    summary = options_.summary == Summary::mean ? mean_valid(padded, lengths)
                                                : max_valid(padded, lengths);
  }
  return to_classes_(dropped(summary));
}
//< sentiment-model

void SentimentModel::visit(nn::Visitor& v) {
  v("embed", embed_), v("lstm", lstm_), v("to_classes", to_classes_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
