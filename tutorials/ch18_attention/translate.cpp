// Translates sentences of your own, and shows where it looked for each word.
#include "../ch17_translation/translate_program.hpp"
#include "alignment.hpp"
#include "models.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  std::string picture;
  return translate_program(
      argc, argv, load_translator, "attention_translator",
      [&](const std::vector<std::string>& source, const Hypothesis& best,
          const std::vector<std::string>& target) {
        if (best.attention.empty()) return;
        Alignment a{source, target, {}};
        for (const auto& row : best.attention) a.weights.emplace_back(row.begin(), row.end());
        fmt::print("\n{}\n", in_blocks(a));
        if (!picture.empty()) draw(a, picture);
      },
      [&](CLI::App& app) {
        app.add_option("--picture", picture, "a PNG or SVG file of the alignment, the last one's");
      });
}
