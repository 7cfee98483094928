// Trains an encoder-decoder; stopped, it goes on where it was.
#include "models.hpp"
#include "train_program.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  return train_program(argc, argv, {"cho", "sutskever", "sutskever-reversed"}, encoder_decoder,
                       "encoder_decoder");
}
