#include "vision/captioning/captioner.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "nn/training/checkpoint.hpp"
#include "nn/training/safetensors.hpp"
#include "text/tokens/word_tokenizer.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

using nlohmann::json;

ShowAndTellOptions sized(ShowAndTellOptions o, const Vocabulary& words) {
  o.vocabulary = words.size();
  o.cnn.features = o.embedding;
  return o;
}

std::string to_text(const ShowAndTellOptions& o) {
  return json{{"embedding", o.embedding},
              {"hidden", o.hidden},
              {"channels", o.cnn.channels},
              {"colour_channels", o.cnn.colour_channels},
              {"side", o.cnn.side}}
      .dump();
}

ShowAndTellOptions options_from(const std::string& text) {
  const json j = json::parse(text);
  ShowAndTellOptions o{};
  o.embedding = j.at("embedding").get<std::size_t>();
  o.hidden = j.at("hidden").get<std::size_t>();
  o.cnn.channels = j.at("channels").get<std::vector<std::size_t>>();
  o.cnn.colour_channels = j.at("colour_channels").get<std::vector<std::size_t>>();
  o.cnn.side = j.at("side").get<std::size_t>();
  return o;
}

} // namespace

Captioner::Captioner(Vocabulary vocabulary, ShowAndTellOptions model_options, Rng& rng)
    : words(std::move(vocabulary)), options(sized(std::move(model_options), words)),
      model(options, rng) {}

std::map<std::string, std::string> Captioner::notes() const {
  return {{"captioner", to_text(options)}, {"vocabulary", words.to_text()}};
}

std::string Captioner::describe(const Tensor& picture, const BeamOptions& search) {
  const std::vector<Hypothesis> best = model.describe(picture, search);
  return best.empty() ? "" : join_words(words.decode(best.front().tokens));
}

Captioner load_captioner(const std::string& path) {
  const auto notes = nn::load_safetensors(path).metadata;
  if (!notes.contains("captioner") || !notes.contains("vocabulary"))
    throw FormatError(path +
                      ": this is no captioner's checkpoint: its metadata names no captioner");
  try {
    Rng rng(0); // the initial weights are replaced at once
    Captioner captioner(Vocabulary::from_text(notes.at("vocabulary"), path),
                        options_from(notes.at("captioner")), rng);
    nn::load_model(path, captioner.model);
    captioner.model.eval();
    return captioner;
  } catch (const json::exception& e) {
    throw FormatError(path + ": its captioner's options cannot be read: " + e.what());
  } catch (const std::logic_error& e) { // sizes that no model can have
    throw FormatError(path + ": its captioner's options cannot be used: " + e.what());
  }
}

} // namespace tapestry::inline TAPESTRY_PRECISION
