// Translators with attention on drawn scenes, three trainings each, scored once on the test part.
#include "../ch17_translation/scenes_program.hpp"
#include "models.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  return scenes_program(
      argc, argv, {"attention", "attention-general", "attention-dot", "attention-uniform", "cho"},
      translator);
}
