#include "text/models/translator.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "autograd/base/error.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/matmul.hpp"
#include "autograd/operators/shaping.hpp"
#include "nn/linear_cross_entropy.hpp"
#include "nn/linear_log_softmax.hpp"
#include "nn/maxout.hpp"
#include "nn/recurrent/sequence.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// The number of tokens of each target, <start> and <end> included. target: (T, B) -> (B)
Lengths target_lengths(const Indices& target, std::size_t sentences) {
  const auto fail = [](const std::string& problem) {
    throw std::invalid_argument("Translator: " + problem);
  };
  if (target.dimension() != 2 || target.shape()[0] < 2 || target.shape()[1] == 0)
    fail(fmt::format("the targets are {}, expected (T, B): <start>, words, <end>",
                     to_string(Shape(target.shape().begin(), target.shape().end()))));
  const std::size_t steps = target.shape()[0], batch = target.shape()[1];
  if (batch != sentences) fail(fmt::format("{} targets for {} sentences", batch, sentences));
  Lengths lengths(batch, 0);
  for (std::size_t b = 0; b < batch; ++b) {
    std::size_t n = 0;
    while (n < steps && target(n, b) != Vocabulary::pad_id) ++n;
    for (std::size_t t = n; t < steps; ++t)
      if (target(t, b) != Vocabulary::pad_id)
        fail(fmt::format("target {} has word {} behind its <pad>", b, target(t, b)));
    if (n < 2 || target(0, b) != Vocabulary::start_id || target(n - 1, b) != Vocabulary::end_id)
      fail(fmt::format("target {} does not go from <start> to <end>", b));
    lengths[b] = static_cast<int>(n);
  }
  return lengths;
}

std::size_t noted_size(const std::string& path, const nn::Notes& notes, const char* name,
                       std::size_t most) {
  const auto found = notes.find(name);
  const std::string text = found == notes.end() ? "missing" : found->second;
  std::size_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size() || n == 0 || n > most)
    throw FormatError(fmt::format("{}: the translator's \"{}\" is {}, expected 1 to {}, as many "
                                  "numbers as the file has",
                                  path, name, text.substr(0, 40), most));
  return n;
}

// In evaluation mode while it lives, and back to what was before, whatever happens.
struct Evaluation {
  explicit Evaluation(nn::Module& m) : model(m), training(m.training()) { m.eval(); }
  ~Evaluation() { model.train(training); }
  Evaluation(const Evaluation&) = delete;
  nn::Module& model;
  bool training;
};

} // namespace

std::vector<std::vector<Hypothesis>> Translator::translate(const PackedIndices& source,
                                                           const BeamOptions& options) {
  const Evaluation now(*this);
  return search(source, options);
}

Var Translator::loss(const PackedIndices& source, const Indices& target, Rng& rng) const {
  const TeacherForcing forced(target, source.layout->batch());
  return output().loss(known(source, forced, rng), forced.wanted, rng);
}

Tensor Translator::log_probabilities(const PackedIndices& source, const Indices& target) {
  const Evaluation now(*this);
  const TeacherForcing forced(target, source.layout->batch());
  Rng unused(0);
  const Tensor all = output().log_probabilities(known(source, forced, unused)); // (N, V)
  Tensor of_wanted = zeros({target.shape()[0] - 1, target.shape()[1]});
  const PackedLayout& layout = *forced.read.layout;
  for (std::size_t t = 0, row = 0; t < layout.steps(); ++t)
    for (std::size_t i = 0; i < layout.batch_sizes[t]; ++i, ++row)
      of_wanted(t, static_cast<std::size_t>(layout.sorted_indices(i))) =
          all(row, static_cast<std::size_t>(forced.wanted(row)));
  return of_wanted;
}

//> teacher-forcing
TeacherForcing::TeacherForcing(const Indices& target, std::size_t sentences) {
  Lengths lengths = target_lengths(target, sentences);
  for (int& n : lengths)
    --n; // nothing is read after the last word, nothing wanted before the first
  const std::size_t steps = target.shape()[0];
  const auto packed = [&](std::size_t begin) {
    return pack_padded_sequence(rows(target, begin, begin + steps - 1), lengths,
                                {.enforce_sorted = false});
  };
  read = packed(0);
  wanted = packed(1).data;
}
//< teacher-forcing

DeepOutput::DeepOutput(std::size_t inputs, const TranslatorOptions& o, Rng& rng)
    : to_pairs_({.in_features = inputs, .out_features = 2 * o.maxout}, rng),
      to_words_({.in_features = o.maxout, .out_features = o.target_vocabulary}, rng),
      dropout_(o.dropout) {}

//> deep-output
Var DeepOutput::loss(const Operand& x, const Indices& wanted, Rng& rng) const {
  const Var chosen = dropout_(maxout(to_pairs_(x)), rng); // (N, L)
  return linear_cross_entropy(chosen, to_words_.weight, to_words_.bias, wanted);
}

Var DeepOutput::part(const Operand& x, std::size_t begin) const {
  return linear(x, slice(to_pairs_.weight, 1, begin, begin + x.shape()[1]));
}

Tensor DeepOutput::log_probabilities(const Operand& x, const Operand& rest) const {
  const Var pairs = part(x, 0) + to_pairs_.bias;
  const Var chosen = maxout(given(rest) ? pairs + rest : pairs); // (n, L)
  return linear_log_softmax(chosen.value(), *panels_->forward(to_words_.weight),
                            to_words_.bias.value());
}
//< deep-output

void DeepOutput::visit(nn::Visitor& v) {
  v("to_pairs", to_pairs_);
  v("to_words", to_words_);
  v("dropout", dropout_);
}

nn::Embedding small_embedding(std::size_t words, std::size_t width, Rng& rng) {
  nn::Embedding table({.num_embeddings = words, .embedding_dim = width}, rng);
  for (real& x : table.weight.value()) x *= static_cast<real>(0.1);
  return table;
}

nn::Notes translator_notes(const std::string& kind, const TranslatorOptions& o) {
  return {{"translator", kind},
          {"source_vocabulary", std::to_string(o.source_vocabulary)},
          {"target_vocabulary", std::to_string(o.target_vocabulary)},
          {"embedding", std::to_string(o.embedding)},
          {"hidden", std::to_string(o.hidden)},
          {"maxout", std::to_string(o.maxout)}};
}

TranslatorOptions translator_options(const std::string& path, const std::string& kind,
                                     const nn::SafetensorsFile& file) {
  const nn::Notes& notes = file.metadata;
  const auto found = notes.find("translator");
  if (found == notes.end())
    throw FormatError(path + ": no translator's checkpoint: its metadata names no translator");
  if (found->second != kind)
    throw FormatError(fmt::format("{}: a checkpoint of another model, \"{}\"; expected \"{}\"",
                                  path, found->second.substr(0, 40), kind));
  std::size_t numbers = 0; // no matrix of the model can be larger
  for (const auto& [name, x] : file.tensors) numbers += x.size();
  const auto size = [&](const char* name) { return noted_size(path, notes, name, numbers); };
  const TranslatorOptions o{.source_vocabulary = size("source_vocabulary"),
                            .target_vocabulary = size("target_vocabulary"),
                            .embedding = size("embedding"),
                            .hidden = size("hidden"),
                            .maxout = size("maxout")};
  const auto product = [](std::size_t a, std::size_t b) {
    return static_cast<double>(a) * static_cast<double>(b);
  };
  if (product(o.embedding, o.source_vocabulary) + product(o.embedding, o.target_vocabulary) +
          product(o.maxout, o.target_vocabulary) + product(o.hidden, o.hidden) +
          product(o.hidden, o.maxout) + product(o.hidden, o.embedding) >
      static_cast<double>(numbers))
    throw FormatError(fmt::format("{}: its options are those of another model: they need more than "
                                  "the {} numbers in the file",
                                  path, numbers));
  return o;
}

std::string noted_choice(const std::string& path, const nn::SafetensorsFile& file,
                         const std::string& name, const std::vector<std::string>& choices) {
  const auto found = file.metadata.find(name);
  const std::string text = found == file.metadata.end() ? "missing" : found->second;
  if (std::find(choices.begin(), choices.end(), text) == choices.end())
    throw FormatError(fmt::format("{}: the translator's \"{}\" is {}, expected {}", path, name,
                                  text.substr(0, 40), fmt::join(choices, " or ")));
  return text;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
