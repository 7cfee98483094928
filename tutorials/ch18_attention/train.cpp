// Trains a translator with attention; stopped, it goes on where it was.
#include "../ch17_translation/train_program.hpp"
#include "models.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  return train_program(argc, argv, translators, translator, "attention_translator");
}
