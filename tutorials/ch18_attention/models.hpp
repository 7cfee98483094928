// The translators of both chapters by their names on the command line.
#pragma once

#include "../ch17_translation/models.hpp"
#include "text/models/attention_translator.hpp"

namespace tapestry {

const std::vector<std::string> translators{
    "attention", "attention-general", "attention-dot",     "attention-uniform",
    "cho",       "sutskever",         "sutskever-reversed"};

inline std::unique_ptr<Translator> translator(const std::string& name, const TranslatorOptions& o,
                                              Rng& rng) {
  if (!name.starts_with("attention")) return encoder_decoder(name, o, rng);
  AttentionTranslatorOptions options{o};
  options.score = name == "attention-general"   ? AttentionScore::general
                  : name == "attention-dot"     ? AttentionScore::dot
                  : name == "attention-uniform" ? AttentionScore::uniform
                                                : AttentionScore::additive;
  return std::make_unique<AttentionTranslator>(options, rng);
}

inline std::unique_ptr<Translator> load_translator(const std::string& path,
                                                   const nn::Notes& notes) {
  const auto kind = notes.find("translator");
  if (kind != notes.end() && kind->second == "encoder-decoder")
    return std::make_unique<EncoderDecoder>(EncoderDecoder::load(path));
  return std::make_unique<AttentionTranslator>(AttentionTranslator::load(path));
}

} // namespace tapestry
