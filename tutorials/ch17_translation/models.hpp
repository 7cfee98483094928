// The translators by their names on the command line, and back from a folder.
#pragma once

#include <memory>
#include <string>

#include "text/models/encoder_decoder.hpp"
#include "translating.hpp"

namespace tapestry {

//> encoder-decoders
/// "cho", "sutskever" or "sutskever-reversed".
inline std::unique_ptr<Translator> encoder_decoder(const std::string& name,
                                                   const TranslatorOptions& o, Rng& rng) {
  EncoderDecoderOptions options{o};
  options.every_step = name == "cho";
  options.reverse_source = name == "sutskever-reversed";
  return std::make_unique<EncoderDecoder>(options, rng);
}
//< encoder-decoders

} // namespace tapestry
