#include "vision/captioning/captioner.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "nn/training/checkpoint.hpp"
#include "nn/training/safetensors.hpp"
#include "text/tokens/word_tokenizer.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

using nlohmann::json;

CaptionerOptions sized(CaptionerOptions o) {
  o.cnn.features = o.embedding;
  return o;
}

std::string to_text(const CaptionerOptions& o) {
  json j{{"embedding", o.embedding}, {"hidden", o.hidden}, {"every_step", o.every_step}};
  if (o.picture != 0)
    j.update({{"picture", o.picture}, {"seen_by", o.seen_by}});
  else
    j.update({{"channels", o.cnn.channels},
              {"colour_channels", o.cnn.colour_channels},
              {"side", o.cnn.side},
              {"sentence_parts", o.sentence_parts}});
  return j.dump(-1, ' ', false, json::error_handler_t::replace);
}

// The options that a checkpoint names, before anything is built from them: each size must be there,
// and in a file whose tensors have these sizes, none can be larger than the file.
CaptionerOptions options_from(const std::string& path, const std::string& text,
                              std::size_t numbers) {
  const auto fail = [&](const std::string& problem) {
    throw FormatError(path + ": its captioner's options cannot be used: " + problem);
  };
  const json j = json::parse(text, nullptr, false);
  if (!j.is_object()) fail("they are not a JSON object");
  const auto size = [&](const json& n, const std::string& name) {
    if (!n.is_number_unsigned() || n == 0 || n > numbers)
      fail(fmt::format("\"{}\" is {}, expected 1 to {}, as many numbers as the file has", name,
                       n.dump().substr(0, 40), numbers));
    return n.get<std::size_t>();
  };
  const auto sizes = [&](const std::string& name) {
    const json list = j.value(name, json());
    if (!list.is_array() || list.empty() || list.size() > 16)
      fail(fmt::format("\"{}\" is no list of 1 to 16 sizes", name));
    std::vector<std::size_t> all;
    for (const json& n : list) all.push_back(size(n, name));
    return all;
  };
  CaptionerOptions o{};
  o.embedding = size(j.value("embedding", json()), "embedding");
  o.hidden = size(j.value("hidden", json()), "hidden");
  const json every_step = j.value("every_step", json(false));
  if (!every_step.is_boolean()) fail("\"every_step\" is neither true nor false");
  o.every_step = every_step.get<bool>();
  if (j.contains("picture")) {
    o.picture = size(j["picture"], "picture");
    const json seen_by = j.value("seen_by", json(""));
    if (!seen_by.is_string()) fail("\"seen_by\" is no text");
    o.seen_by = seen_by.get<std::string>();
    return o;
  }
  o.cnn.channels = sizes("channels");
  o.cnn.colour_channels = sizes("colour_channels");
  o.cnn.side = size(j.value("side", json()), "side");
  if (j.contains("sentence_parts")) o.sentence_parts = size(j["sentence_parts"], "sentence_parts");
  if (o.cnn.side > 4096) fail(fmt::format("\"side\" is {}, expected at most 4096", o.cnn.side));
  return o;
}

// How many numbers such a model has, about: its weights without biases.
double numbers_of(const CaptionerOptions& o, std::size_t words) {
  const auto d = [](std::size_t n) { return static_cast<double>(n); };
  const double e = d(o.embedding), h = d(o.hidden), v = d(words);
  double sum = v * e + 4 * h * (e + h) + h * v;
  if (o.picture != 0) return sum + d(o.picture) * e;
  sum += d(o.sentence_parts) * e * v;
  const auto path = [&](std::size_t in, std::size_t side, const std::vector<std::size_t>& channels,
                        double features) {
    for (const std::size_t out : channels) {
      sum += 9 * d(in) * d(out);
      in = out;
      side /= 2;
    }
    sum += d(in) * d(side) * d(side) * features;
  };
  path(1, o.cnn.side, o.cnn.channels, e - d(o.embedding / 4));
  path(3, o.cnn.side / 4, o.cnn.colour_channels, d(o.embedding / 4));
  return sum;
}

// The tensors of a network that was brought along, taken out of the captioner's, under its own
// names.
nn::SafetensorsFile take_network(nn::SafetensorsFile& file) {
  const std::string prefix = "network.";
  nn::SafetensorsFile network{{}, file.metadata, {}};
  for (auto at = file.tensors.lower_bound(prefix);
       at != file.tensors.end() && at->first.starts_with(prefix); at = file.tensors.erase(at))
    network.tensors[at->first.substr(prefix.size())] = std::move(at->second);
  return network;
}

} // namespace

Captioner::Captioner(Vocabulary vocabulary, CaptionerOptions captioner_options, Rng& rng)
    : words(std::move(vocabulary)), options(sized(std::move(captioner_options))),
      cnn(options.picture != 0
              ? std::nullopt
              : std::optional<TaughtCnn>(std::in_place,
                                         TaughtCnnOptions{words.size(), options.sentence_parts,
                                                          options.pairs, options.cnn},
                                         rng)),
      teller({.vocabulary = words.size(),
              .picture = options.picture,
              .embedding = options.embedding,
              .hidden = options.hidden,
              .dropout = options.dropout,
              .first_words = options.first_words,
              .every_step = options.every_step},
             rng) {}

void Captioner::visit(nn::Visitor& v) {
  if (cnn) cnn->visit(v);
  if (network) v("network", *network->network);
  teller.visit(v);
}

void Captioner::bring(Pretrained made_by) {
  if (made_by.network->features() != options.picture)
    throw ShapeError(fmt::format("Captioner::bring: {} makes vectors of {} numbers; expected {}",
                                 made_by.name, made_by.network->features(), options.picture));
  network = std::move(made_by);
}

std::map<std::string, std::string> Captioner::notes() const {
  std::map<std::string, std::string> all{{"captioner", to_text(options)},
                                         {"vocabulary", words.to_text()}};
  if (network) all.merge(network->notes());
  return all;
}

std::string Captioner::describe(const Tensor& picture, const BeamOptions& search) {
  if (!sees())
    throw std::logic_error(
        fmt::format("Captioner::describe: it has no CNN of its own; give `tell` a vector of {}",
                    options.seen_by));
  const Shape expected{3, side(), side()};
  if (picture.shape() != expected)
    throw ShapeError(fmt::format("Captioner::describe: a picture of shape {}; expected {}",
                                 to_string(picture.shape()), to_string(expected)));
  // In training mode, looking at one picture would move what batch norm knows of all.
  struct Back {
    Captioner& captioner;
    bool training;
    ~Back() {
      if (training) captioner.train();
    }
  } const back{*this, training()};
  if (back.training) eval();
  if (network) return tell(vector_of(*network, picture), search);
  return tell(cnn->look(constant(reshaped(picture, {1, 3, side(), side()}))).value(), search);
}

std::string Captioner::tell(const Tensor& vector, const BeamOptions& search) {
  const std::size_t width = cnn ? options.embedding : options.picture;
  if (vector.size() != width)
    throw ShapeError(fmt::format("Captioner::tell: a vector of shape {}; expected {} numbers",
                                 to_string(vector.shape()), width));
  const std::vector<Hypothesis> best = teller.tell(vector, search);
  return best.empty() ? "" : join_words(words.decode(best.front().tokens));
}

Captioner load_captioner(const std::string& path) {
  nn::SafetensorsFile file = nn::load_safetensors(path), network = take_network(file);
  const auto& notes = file.metadata;
  if (!notes.contains("captioner") || !notes.contains("vocabulary"))
    throw FormatError(path +
                      ": this is no captioner's checkpoint: its metadata names no captioner");
  std::size_t numbers = 0;
  for (const auto& [name, x] : file.tensors) numbers += x.size();
  Vocabulary words = Vocabulary::from_text(notes.at("vocabulary"), path);
  const CaptionerOptions options = options_from(path, notes.at("captioner"), numbers);
  if (numbers_of(options, words.size()) > static_cast<double>(numbers))
    throw FormatError(fmt::format("{}: its captioner's options are those of another model: they "
                                  "need more than the {} numbers in the file",
                                  path, numbers));
  try {
    Rng rng(0); // the initial weights are replaced at once
    Captioner captioner(std::move(words), options, rng);
    nn::load_model(path, std::move(file), captioner);
    if (!network.tensors.empty()) captioner.bring(pretrained_from(path, std::move(network)));
    captioner.eval();
    return captioner;
  } catch (const ShapeError& e) { // a network of other vectors
    throw FormatError(path + ": " + e.what());
  } catch (const std::logic_error& e) { // sizes that no model can have
    throw FormatError(path + ": its captioner's options cannot be used: " + e.what());
  }
}

Captioner load_seeing_captioner(const std::string& path) {
  Captioner captioner = load_captioner(path);
  if (!captioner.cnn)
    throw FormatError(
        fmt::format("{}: this captioner has no CNN of its own; it captions vectors of "
                    "{}, not pictures",
                    path, captioner.options.seen_by));
  return captioner;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
