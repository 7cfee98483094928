// Sequences reversed with and without attention, by their length.
#include "../ch17_translation/lengths_program.hpp"
#include "models.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  return lengths_program(argc, argv, {"attention", "attention-uniform", "cho"}, translator);
}
