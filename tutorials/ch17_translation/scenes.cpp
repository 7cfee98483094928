// Encoder-decoders on drawn scenes, three trainings each, scored once on the test part.
#include "models.hpp"
#include "scenes_program.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  return scenes_program(argc, argv, {"cho", "sutskever", "sutskever-reversed"}, encoder_decoder);
}
