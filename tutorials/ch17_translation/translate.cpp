// Translates sentences of your own.
#include "models.hpp"
#include "translate_program.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  return translate_program(
      argc, argv,
      [](const std::string& path, const nn::Notes&) {
        return std::make_unique<EncoderDecoder>(EncoderDecoder::load(path));
      },
      "encoder_decoder");
}
