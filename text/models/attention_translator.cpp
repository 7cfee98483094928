#include "text/models/attention_translator.hpp"

#include <stdexcept>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/init.hpp"
#include "text/models/composed_encoder.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

const std::vector<std::string> score_names{"additive", "general", "dot", "uniform"};

bool has_keys(AttentionScore score) {
  return score == AttentionScore::additive || score == AttentionScore::general;
}

// Of each direction of the encoder.
std::size_t encoder_size(const AttentionTranslatorOptions& o) {
  if (o.score != AttentionScore::dot) return o.hidden;
  if (o.hidden % 2 != 0)
    throw std::invalid_argument(fmt::format("AttentionTranslator: hidden is {}, expected an even "
                                            "number for the dot score",
                                            o.hidden));
  return o.hidden / 2;
}

// The packed rows of sentence 0, then those of sentence 1, ... -> (M)
Indices sentence_by_sentence(const PackedLayout& layout) {
  Indices rows = Indices::from_shape({layout.rows()});
  std::size_t next = 0;
  for (const std::int32_t i : layout.unsorted_indices)
    for (std::size_t t = 0; t < layout.length(static_cast<std::size_t>(i)); ++t)
      rows(next++) = static_cast<std::int32_t>(layout.begins[t]) + i;
  return rows;
}

} // namespace

AttentionTranslator::AttentionTranslator(const AttentionTranslatorOptions& o, Rng& rng)
    : options_(o), values_(2 * encoder_size(o)),
      source_words_(small_embedding(o.source_vocabulary, o.embedding, rng)),
      target_words_(small_embedding(o.target_vocabulary, o.embedding, rng)),
      encoder_({.input_size = o.embedding,
                .hidden_size = encoder_size(o),
                .bidirectional = true,
                .reset_after = false},
               rng),
      to_start_({.in_features = values_ / 2, .out_features = o.hidden}, rng),
      to_keys_({.in_features = values_, .out_features = o.hidden}, rng),
      query_("query", fan_uniform({o.hidden, o.hidden}, o.hidden, rng)),
      v_("v", fan_uniform({o.hidden}, o.hidden, rng)),
      decoder_({.input_size = o.embedding + values_, .hidden_size = o.hidden}, rng),
      output_(o.embedding + o.hidden + values_, o, rng), dropout_(o.dropout) {}

AttentionWeights AttentionTranslator::weights() const {
  AttentionWeights w{{decoder_.weight_ih, decoder_.weight_hh, decoder_.bias_ih, decoder_.bias_hh}};
  if (options_.score == AttentionScore::additive) w.query = query_, w.v = v_;
  return w;
}

AttentionTranslator::Encoded AttentionTranslator::encode(const PackedIndices& source,
                                                         Rng& rng) const {
  const PackedLayout& layout = *source.layout;
  const PackedSequence words = source.with(dropout_(source_words_(source.data), rng));
  const auto [states, last] =
      options_.fused ? encoder_(words) : composed_encoder(encoder_, words, true);
  Encoded e;
  for (const std::int32_t i : layout.unsorted_indices)
    e.lengths.push_back(static_cast<int>(layout.length(static_cast<std::size_t>(i))));
  e.places.values = embedding(states.data, sentence_by_sentence(layout)); // (M, A)
  const Var& values = e.places.values;
  e.places.keys = has_keys(options_.score) ? to_keys_(values) // once for all
                  : options_.score == AttentionScore::dot
                      ? values
                      : constant(zeros({layout.rows(), options_.hidden}));
  e.places.begins.push_back(0);
  for (const int n : e.lengths)
    e.places.begins.push_back(e.places.begins.back() + static_cast<std::size_t>(n));
  e.s = tanh(to_start_(select(last, 0, 1))); // the backward state at the first word
  return e;
}

// The state before each target row, and the context. words.data: (N, E) -> (N, H + A)
Var AttentionTranslator::seen(const PackedSequence& words, const Encoded& source) const {
  if (!options_.fused) return seen_step_by_step(words, source);
  const Indices& order = words.layout->sorted_indices;
  return attention_decoder({.x = words.data,
                            .steps = Steps(words.layout),
                            .weights = weights(),
                            .h = embedding(source.s, order),
                            .places = source.places,
                            .sentence = order})
      .seen;
}

Var AttentionTranslator::seen_step_by_step(const PackedSequence& words,
                                           const Encoded& source) const {
  const PackedLayout& layout = *words.layout;
  const auto padded = [&](const Var& places) { // (M, ...) -> (B, S, ...), in the targets' order
    std::vector<Var> sentences;
    for (const std::int32_t i : layout.sorted_indices) {
      const std::size_t* begin = source.places.begins.data() + i;
      sentences.push_back(slice(places, 0, begin[0], begin[1]));
    }
    return pad_sequence(sentences, {.batch_first = true});
  };
  Lengths lengths;
  for (const std::int32_t i : layout.sorted_indices)
    lengths.push_back(source.lengths[static_cast<std::size_t>(i)]);
  AttentionMemory memory{padded(source.places.keys), padded(source.places.values), {}};
  memory.mask = attention_mask(lengths, memory.keys.shape()[1]);
  Var s = embedding(source.s, layout.sorted_indices);
  std::vector<Var> all;
  for (std::size_t t = 0; t < layout.steps(); ++t) {
    const std::size_t going = layout.batch_sizes[t]; // the others have ended
    s = slice(s, 0, 0, going);
    memory = {slice(memory.keys, 0, 0, going), slice(memory.values, 0, 0, going),
              rows(memory.mask, 0, going)};
    const Var x = slice(words.data, 0, layout.begins[t], layout.begins[t + 1]);
    const AttentionStep step = attention_step(x, s, weights(), memory);
    all.push_back(concatenate({s, step.seen.context}, 1));
    s = step.state;
  }
  return concatenate(all);
}

//> attention-translator-known
// What the readout knows of each target row. -> (N, ...)
Var AttentionTranslator::known(const PackedIndices& source, const TeacherForcing& forced,
                               Rng& rng) const {
  const Encoded from = encode(source, rng);
  const Var words = dropout_(target_words_(forced.read.data), rng); // (N, E)
  const Var states = seen(forced.read.with(words), from);           // (N, H + A)
  return concatenate({words, states}, 1);
}
//< attention-translator-known

std::vector<std::vector<Hypothesis>> AttentionTranslator::search(const PackedIndices& source,
                                                                 const BeamOptions& options) {
  Rng unused(0);
  Encoded from = encode(source, unused);
  // Beams look at the same places again and again: what the gates and the readout make of a place
  // is computed once, and the context is a mean of that.
  const std::size_t e = options_.embedding, n = options_.hidden, gates = 3 * n;
  const Operand& weight = decoder_.weight_ih; // (3H, E + A)
  AttentionWeights w = weights();
  w.cell.weight_ih = slice(weight, 1, 0, e);
  from.places.values = concatenate({linear(from.places.values, slice(weight, 1, e, e + values_)),
                                    output_.part(from.places.values, e + n)},
                                   1); // (M, 3H + 2L)
  Var s = from.s;
  Indices sentence = count_up(from.lengths.size()); // of each beam
  const auto next = [&](const std::vector<std::size_t>& parents, const std::vector<int>& tokens) {
    Indices here = ids_from(parents); // beams go on from their parents
    const Var word = target_words_(ids_from(tokens));
    s = embedding(s, here);
    for (std::int32_t& i : here) i = sentence(static_cast<std::size_t>(i));
    sentence = std::move(here);
    AttentionDecoderOutput out = attention_decoder({.x = word,
                                                    .steps = Steps(1, parents.size()),
                                                    .weights = w,
                                                    .h = s,
                                                    .places = from.places,
                                                    .sentence = sentence,
                                                    .show_weights = true});
    s = out.h;
    const Var before = slice(out.seen, 1, 0, n); // the state that looked
    const Var rest = slice(out.seen, 1, n + gates, out.seen.shape()[1]);
    return NextTokens{output_.log_probabilities(concatenate({word, before}, 1), rest),
                      std::move(out.weights)};
  };
  auto found = beam_search(next, from.lengths.size(), options);
  for (std::size_t i = 0; i < found.size(); ++i) // a batch's longest sentence has made them longer
    for (Hypothesis& h : found[i])
      for (std::vector<real>& row : h.attention)
        row.resize(static_cast<std::size_t>(from.lengths[i]));
  return found;
}

nn::Notes AttentionTranslator::notes() const {
  nn::Notes all = translator_notes("attention", options_);
  all["score"] = score_names[static_cast<std::size_t>(options_.score)];
  return all;
}

AttentionTranslator AttentionTranslator::load(const std::string& path) {
  nn::SafetensorsFile file = nn::load_safetensors(path);
  AttentionTranslatorOptions o{translator_options(path, "attention", file)};
  const std::string score = noted_choice(path, file, "score", score_names);
  for (std::size_t i = 0; i < score_names.size(); ++i)
    if (score_names[i] == score) o.score = static_cast<AttentionScore>(i);
  if (o.score == AttentionScore::dot && o.hidden % 2 != 0)
    throw FormatError(fmt::format("{}: \"hidden\" is {}, expected an even number for the dot score",
                                  path, o.hidden));
  Rng rng(0); // the initial weights are replaced at once
  AttentionTranslator model(o, rng);
  nn::load_model(path, std::move(file), model);
  model.eval();
  return model;
}

void AttentionTranslator::visit(nn::Visitor& v) {
  v("source_words", source_words_);
  v("target_words", target_words_);
  v("encoder", encoder_);
  v("to_start", to_start_);
  if (has_keys(options_.score)) v("to_keys", to_keys_);
  if (options_.score == AttentionScore::additive) {
    v("query", query_);
    v("v", v_);
  }
  v("decoder", decoder_);
  v("output", output_);
  v("dropout", dropout_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
