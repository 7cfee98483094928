// One network, and four ways to run it over sentences of different lengths.
#pragma once

#include <string>
#include <vector>

#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/reduce.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"
#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/gru.hpp"
#include "nn/recurrent/gru_sequence.hpp"
#include "nn/sequences/padding.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

// nn::GRU, whose walk is on request a loop over gru_cell, on the tape in small pieces.
class GRU : public nn::GRU {
public:
  using nn::GRU::GRU;
  bool by_cells = false;

private:
  SequenceOutput layer(const SequenceInput& in) const override {
    return by_cells ? walk(in) : gru_sequence(in);
  }

  //> walk
  static SequenceOutput walk(const SequenceInput& in) {
    const SequenceWeights& w = in.directions[0];
    const std::size_t batch = in.steps.batch(), hidden = w.weight_hh.shape()[1];
    const Var rows = reshape(in.x, {in.steps.rows(), in.x.shape().back()}); // (N, I)
    Var h = constant(zeros({batch, hidden}));                               // of every sequence
    std::vector<Var> outputs;
    for (std::size_t t = 0; t < in.steps.count(); ++t) {
      const std::size_t begin = in.steps.begin(t), n = in.steps.size(t);
      const Var x = slice(rows, 0, begin, begin + n); // (n, I)
      const Var before = slice(h, 0, 0, n);           // (n, H): those that are still going
      const Var next = gru_cell(x, before, w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh);
      h = n == batch ? next : concatenate({next, slice(h, 0, n, batch)}); // the others have ended
      outputs.push_back(next);
    }
    Shape shape = in.x.shape();
    shape.back() = hidden;
    return {reshape(concatenate(outputs), shape), reshape(h, {1, batch, hidden}), {}};
  }
  //< walk
};

//> network
struct Sentence {
  Indices words, labels; // (length), (length)
};
using Batch = std::vector<Sentence>;

// Names a label for every word.
struct Network : nn::Module {
  nn::Embedding embed;  // words -> (..., I)
  GRU gru;              // (..., I) -> (..., H)
  nn::Linear to_labels; // (..., H) -> (..., C)
  //< network

  struct Options {
    std::size_t words, width, hidden, labels;
  };
  Network(const Options& o, Rng& rng)
      : embed({.num_embeddings = o.words, .embedding_dim = o.width}, rng),
        gru({.input_size = o.width, .hidden_size = o.hidden}, rng),
        to_labels({.in_features = o.hidden, .out_features = o.labels}, rng) {}
  void visit(nn::Visitor& v) override {
    v("embed", embed), v("gru", gru), v("to_labels", to_labels);
  }
};

//> answer
// What every answer must give, whatever way it goes.
struct Answer {
  Var loss; // (): the mean over all words of the batch
  Var last; // (B, H): the state after each sentence's last word, in the order of the batch
};
//< answer

inline Lengths lengths_of(const Batch& batch) {
  Lengths lengths;
  for (const Sentence& s : batch) lengths.push_back(static_cast<int>(s.words.size()));
  return lengths;
}

inline std::size_t words_in(const Batch& batch) {
  std::size_t n = 0;
  for (const Sentence& s : batch) n += s.words.size();
  return n;
}

inline std::vector<Indices> words_of(const Batch& batch) {
  std::vector<Indices> words;
  for (const Sentence& s : batch) words.push_back(s.words);
  return words;
}

inline std::vector<Indices> labels_of(const Batch& batch) {
  std::vector<Indices> labels;
  for (const Sentence& s : batch) labels.push_back(s.labels);
  return labels;
}

inline Indices ids(const std::vector<int>& values) {
  Indices x = Indices::from_shape({values.size()});
  std::copy(values.begin(), values.end(), x.data());
  return x;
}

//> one-by-one
inline Answer one_by_one(const Network& net, const Batch& batch) {
  std::vector<Var> losses, last;
  for (const Sentence& s : batch) {
    const auto [states, h] = net.gru(net.embed(s.words)); // (length, H), (1, H)
    const Var mean = cross_entropy(net.to_labels(states), s.labels);
    losses.push_back(mean * static_cast<double>(s.words.size()));
    last.push_back(h);
  }
  return {sum(stack(losses)) / static_cast<double>(words_in(batch)), concatenate(last)};
}
//< one-by-one

//> masked-loss
// The mean of -log p over the words that are there. logits: (T, B, C), mask: (T, B)
inline Var masked_loss(const Var& logits, const Indices& labels, const Tensor& mask) {
  Tensor is_label = zeros(logits.shape()); // 1 at the right class, 0 elsewhere
  for (std::size_t i = 0; i < labels.size(); ++i)
    is_label.data()[i * logits.shape()[2] + static_cast<std::size_t>(labels.data()[i])] = 1;
  const Var log_p = sum(log_softmax(logits) * constant(is_label), {2}); // (T, B)
  return -sum(log_p * constant(mask)) / sum(constant(mask));
}
//< masked-loss

struct MaskedStates {
  Var all, last; // (T, B, H), (B, H)
};

//> masked-walk
// A state stays as it is where the mask is 0. x: (T, B, I), mask: (T, B)
inline MaskedStates masked_walk(const nn::RecurrentWeights& w, const Var& x, const Tensor& mask) {
  const std::size_t batch = x.shape()[1];
  Var h = constant(zeros({batch, w.weight_hh.shape()[1]}));
  std::vector<Var> states;
  for (std::size_t t = 0; t < x.shape()[0]; ++t) {
    const Var m = reshape(select(constant(mask), 0, t), {batch, 1});
    const Var next = gru_cell(select(x, 0, t), h, w.weight_ih, w.weight_hh, w.bias_ih, w.bias_hh);
    h = m * next + (1 - m) * h;
    states.push_back(h);
  }
  return {stack(states), h};
}
//< masked-walk

//> masked
inline Answer masked(const Network& net, const Batch& batch) {
  const Indices words = pad_sequence(words_of(batch)), labels = pad_sequence(labels_of(batch));
  const Tensor mask = length_mask(lengths_of(batch), words.shape()[0]);
  const auto [states, last] = masked_walk(net.gru.weights(), net.embed(words), mask);
  return {masked_loss(net.to_labels(states), labels, mask), last};
}
//< masked

//> padded
inline Answer padded(const Network& net, const Batch& batch) {
  const Indices words = pad_sequence(words_of(batch));                            // (T, B)
  const Indices labels = pad_sequence(labels_of(batch), {.padding_value = -100}); // (T, B)
  const auto [states, h] = net.gru(net.embed(words)); // (T, B, H), and an h that we must not use
  const Var loss = cross_entropy(net.to_labels(states), labels); // -100 is ignored

  const Lengths lengths = lengths_of(batch);
  Indices place = Indices::from_shape({batch.size()}); // of each sentence's last word
  for (std::size_t b = 0; b < batch.size(); ++b)
    place(b) = (lengths[b] - 1) * static_cast<int>(batch.size()) + static_cast<int>(b);
  const Var rows = reshape(states, {words.size(), states.shape()[2]}); // (T * B, H)
  return {loss, index_select(rows, 0, place)};
}
//< padded

//> agenda
// Steps that are written down first and computed later, many at once.
class StepAgenda {
public:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  // A word, and the step before it.
  std::size_t add(int word, std::size_t before) {
    steps_.push_back({word, before});
    return steps_.size() - 1;
  }

  // Computes all steps whose step before is done, in one batch; then again, until none is left.
  void run(const Network& net) {
    states_.resize(steps_.size());
    std::vector<bool> done(steps_.size(), false);
    for (std::size_t left = steps_.size(); left > 0; left -= batches_.back()) {
      std::vector<std::size_t> ready;
      for (std::size_t i = 0; i < steps_.size(); ++i)
        if (!done[i] && (steps_[i].before == none || done[steps_[i].before])) ready.push_back(i);
      compute(net, ready);
      for (std::size_t i : ready) done[i] = true;
      batches_.push_back(ready.size());
    }
  }

  const Var& state(std::size_t step) const { return states_[step]; } // (H)
  const std::vector<std::size_t>& batches() const { return batches_; }

private:
  struct Step {
    int word;
    std::size_t before;
  };

  void compute(const Network& net, const std::vector<std::size_t>& ready) {
    const nn::RecurrentWeights& w = net.gru.weights();
    const Var zero = constant(zeros({w.weight_hh.shape()[1]}));
    std::vector<int> words;
    std::vector<Var> before;
    for (std::size_t i : ready) { // gather
      words.push_back(steps_[i].word);
      before.push_back(steps_[i].before == none ? zero : states_[steps_[i].before]);
    }
    const Var next = gru_cell(net.embed(ids(words)), stack(before), w.weight_ih, w.weight_hh,
                              w.bias_ih, w.bias_hh); // (ready, H)
    for (std::size_t k = 0; k < ready.size(); ++k)   // and hand out
      states_[ready[k]] = select(next, 0, k);
  }

  std::vector<Step> steps_;
  std::vector<Var> states_;
  std::vector<std::size_t> batches_; // how many steps ran together
};
//< agenda

//> automatic
inline Answer automatic(const Network& net, const Batch& batch) {
  StepAgenda agenda;
  std::vector<std::size_t> ends;
  for (const Sentence& s : batch) { // written as for a single sentence
    std::size_t step = StepAgenda::none;
    for (int word : s.words) step = agenda.add(word, step);
    ends.push_back(step);
  }
  agenda.run(net);

  std::vector<Var> states, last;
  std::vector<int> labels;
  for (const Sentence& s : batch)
    for (int label : s.labels) {
      states.push_back(agenda.state(labels.size()));
      labels.push_back(label);
    }
  for (std::size_t step : ends) last.push_back(agenda.state(step));
  return {cross_entropy(net.to_labels(stack(states)), ids(labels)), stack(last)};
}
//< automatic

//> packed
inline Answer packed(const Network& net, const Batch& batch) {
  const Lengths lengths = lengths_of(batch);
  const PackOptions any{.enforce_sorted = false};
  const PackedIndices words = pack_padded_sequence(pad_sequence(words_of(batch)), lengths, any);
  const PackedIndices labels = pack_padded_sequence(pad_sequence(labels_of(batch)), lengths, any);
  const auto [states, h] = net.gru(net.embed(words)); // data (N, H), and (1, B, H)
  return {cross_entropy(net.to_labels(states), labels), select(h, 0, 0)};
}
//< packed

struct NamedAnswer {
  const char* name;
  Answer (*function)(const Network&, const Batch&);
};
// The second answer in two ways: masked step by step, and run through to the end.
inline constexpr NamedAnswer answers[] = {{"one by one", one_by_one},
                                          {"padded", padded},
                                          {"automatic", automatic},
                                          {"packed", packed},
                                          {"masked", masked}};

// The five sentences that the chapter draws. Each word is to name the next one, and the last word
// of a sentence <end>.
inline const std::vector<std::string>& vocabulary() {
  static const std::vector<std::string> words{"<pad>", "<end>", "birds", "can",  "fly",
                                              "wait",  "the",   "cat",   "sees", "a",
                                              "bird",  "it",    "waits", "away"};
  return words;
}

inline Batch five_sentences() {
  Batch batch;
  for (const std::vector<int>& words :
       std::vector<std::vector<int>>{{2, 3, 4}, {5}, {6, 7, 8, 9, 10}, {11, 12}, {2, 4, 13}}) {
    std::vector<int> labels(words.begin() + 1, words.end());
    labels.push_back(1);
    batch.push_back({ids(words), ids(labels)});
  }
  return batch;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
