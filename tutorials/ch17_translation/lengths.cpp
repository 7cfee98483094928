// What the summary forgets: sequences reversed by encoder-decoders, by their length.
#include "lengths_program.hpp"
#include "models.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  return lengths_program(argc, argv, {"cho", "sutskever"}, encoder_decoder);
}
