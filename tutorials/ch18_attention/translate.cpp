// Translates sentences of your own, and shows where it looked for each word.
#include "../ch17_translation/translate_program.hpp"
#include "alignment.hpp"
#include "models.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  std::string picture;
  return translate_program(
      argc, argv, load_translator, "attention_translator",
      [&](const Alignment& a) {
        if (a.weights.empty()) return;
        fmt::print("\n{}\n", in_blocks(a));
        if (!picture.empty()) draw(a, picture);
      },
      [&](CLI::App& app) {
        app.add_option("--picture", picture, "a PNG or SVG file of the alignment, the last one's");
      });
}
