#include "text/models/encoder_decoder.hpp"

#include "autograd/ids.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/lookup.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/recurrent/cho_gru_sequence.hpp"
#include "text/models/composed_encoder.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// Each sentence from its end.
PackedIndices from_the_end(const PackedIndices& x) {
  PackedIndices y = x;
  const PackedLayout& layout = *x.layout;
  for (std::size_t i = 0; i < layout.batch(); ++i)
    for (std::size_t t = 0, n = layout.length(i); t < n; ++t)
      y.data(layout.begins[t] + i) = x.data(layout.begins[n - 1 - t] + i);
  return y;
}

} // namespace

EncoderDecoder::EncoderDecoder(const EncoderDecoderOptions& o, Rng& rng)
    : options_(o), source_words_(small_embedding(o.source_vocabulary, o.embedding, rng)),
      target_words_(small_embedding(o.target_vocabulary, o.embedding, rng)),
      encoder_({.input_size = o.embedding, .hidden_size = o.hidden, .reset_after = false}, rng),
      to_summary_({.in_features = o.hidden, .out_features = o.hidden}, rng),
      to_start_({.in_features = o.hidden, .out_features = o.hidden}, rng),
      decoder_({.input_size = o.embedding + (o.every_step ? o.hidden : 0), .hidden_size = o.hidden},
               rng),
      output_(o.hidden + (o.every_step ? o.embedding + o.hidden : 0), o, rng), dropout_(o.dropout) {
}

EncoderDecoder::Summary EncoderDecoder::summarise(const PackedIndices& source, Rng& rng) const {
  const PackedIndices words = options_.reverse_source ? from_the_end(source) : source;
  const PackedSequence read = words.with(dropout_(source_words_(words.data), rng));
  const Var last = options_.fused ? encoder_(read).state : composed_encoder(encoder_, read).state;
  const Var h = select(last, 0, 0); // (B, H)
  if (!options_.every_step) return {{}, h};
  const Var c = tanh(to_summary_(h));
  return {c, tanh(to_start_(c))};
}

//> cho-context
// The next state. word: (B, E), s: (B, H), c: (B, H) -> (B, H)
Var EncoderDecoder::step(const Operand& word, const Operand& s, const Operand& c) const {
  return decoder_(options_.every_step ? concatenate({word, c}, 1) : Var(word), s);
}

// What the readout sees: the word before, the state, the summary. -> (B, E + 2H)
Var EncoderDecoder::shown(const Operand& word, const Operand& s, const Operand& c) const {
  return options_.every_step ? concatenate({word, s, c}, 1) : Var(s);
}
//< cho-context

// Of the gates' weights, (3H, E + H), what reads the word, (3H, E); and what the other part makes
// of the summary, once for all steps: (B, 3H).
EncoderDecoder::Parts EncoderDecoder::parts(const Operand& c) const {
  const std::size_t e = options_.embedding;
  if (!options_.every_step) return {decoder_.weight_ih, {}};
  const Operand& weight = decoder_.weight_ih;
  return {slice(weight, 1, 0, e), linear(c, slice(weight, 1, e, e + options_.hidden))};
}

// `step` for all rows of a batch, by the fused operator. x: (N, E), s: (B, H) -> (N, H)
Var EncoderDecoder::walk(const Operand& x, const Steps& steps, const Operand& s,
                         const Parts& p) const {
  const std::size_t batch = steps.batch(), n = options_.hidden;
  return cho_gru_sequence(
             {.x = x,
              .steps = steps,
              .directions = {{p.weight, decoder_.weight_hh, decoder_.bias_ih, decoder_.bias_hh}},
              .h = reshape(s, {1, batch, n}),
              .every_step =
                  options_.every_step ? reshape(p.from_summary, {1, batch, 3 * n}) : Var{}})
      .output;
}

// Of all target rows. words.data: (N, E) -> (N, H)
Var EncoderDecoder::states(const PackedSequence& words, const Summary& from) const {
  const PackedLayout& layout = *words.layout;
  if (options_.fused) return walk(words.data, Steps(words.layout), from.s, parts(from.c));
  Var s = from.s, c = from.c;
  std::vector<Var> all;
  for (std::size_t t = 0; t < layout.steps(); ++t) {
    const std::size_t going = layout.batch_sizes[t]; // the others have ended
    s = slice(s, 0, 0, going);
    if (options_.every_step) c = slice(c, 0, 0, going);
    s = step(slice(words.data, 0, layout.begins[t], layout.begins[t + 1]), s, c);
    all.push_back(s);
  }
  return concatenate(all);
}

//> encoder-decoder-known
// What the readout knows of each target row. -> (N, ...)
Var EncoderDecoder::known(const PackedIndices& source, const TeacherForcing& forced,
                          Rng& rng) const {
  const Indices& order = forced.read.layout->sorted_indices; // of the targets, by length
  Summary from = summarise(source, rng);
  from.s = embedding(from.s, order);
  if (options_.every_step) from.c = embedding(from.c, order);
  const Var words = dropout_(target_words_(forced.read.data), rng); // (N, E)
  const Var s = states(forced.read.with(words), from);              // (N, H)
  const Var c = options_.every_step ? embedding(from.c, forced.read.layout->sequences()) : Var{};
  return shown(words, s, c);
}
//< encoder-decoder-known

std::vector<std::vector<Hypothesis>> EncoderDecoder::search(const PackedIndices& source,
                                                            const BeamOptions& options) {
  Rng unused(0);
  Summary at = summarise(source, unused);
  Parts p = parts(at.c);
  Var rest = options_.every_step ? output_.part(at.c, options_.embedding + options_.hidden) : Var{};
  const auto next = [&](const std::vector<std::size_t>& parents, const std::vector<int>& tokens) {
    const Indices from = ids_from(parents); // beams go on from their parents
    const Var word = target_words_(ids_from(tokens));
    if (options_.every_step) {
      p.from_summary = embedding(p.from_summary, from);
      rest = embedding(rest, from);
    }
    at.s = walk(word, Steps(1, parents.size()), embedding(at.s, from), p);
    const Var known = options_.every_step ? concatenate({word, at.s}, 1) : at.s;
    return NextTokens{output_.log_probabilities(known, rest)};
  };
  return beam_search(next, source.layout->batch(), options);
}

nn::Notes EncoderDecoder::notes() const {
  nn::Notes all = translator_notes("encoder-decoder", options_);
  all["summary"] = options_.every_step ? "every step" : "start";
  all["source"] = options_.reverse_source ? "reversed" : "as written";
  return all;
}

EncoderDecoder EncoderDecoder::load(const std::string& path) {
  nn::SafetensorsFile file = nn::load_safetensors(path);
  EncoderDecoderOptions o{translator_options(path, "encoder-decoder", file)};
  o.every_step = noted_choice(path, file, "summary", {"every step", "start"}) == "every step";
  o.reverse_source = noted_choice(path, file, "source", {"reversed", "as written"}) == "reversed";
  Rng rng(0); // the initial weights are replaced at once
  EncoderDecoder model(o, rng);
  nn::load_model(path, std::move(file), model);
  model.eval();
  return model;
}

void EncoderDecoder::visit(nn::Visitor& v) {
  v("source_words", source_words_);
  v("target_words", target_words_);
  v("encoder", encoder_);
  if (options_.every_step) {
    v("to_summary", to_summary_);
    v("to_start", to_start_);
  }
  v("decoder", decoder_);
  v("output", output_);
  v("dropout", dropout_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
