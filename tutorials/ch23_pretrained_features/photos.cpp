// The real MobileNetV2 on four photographs: what it names, and what the wrong padding costs.
//
// It reads the folders `mobilenet_v2` and `photos` of the one that TAPESTRY_DATA names.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "keep.hpp"
#include "program.hpp"
#include "real_data.hpp"
#include "vision/images/image.hpp"
#include "vision/networks/pretrained.hpp"

using namespace tapestry;

namespace {

void look() {
  const auto weights = real_data("mobilenet_v2/mobilenet_v2.safetensors");
  if (!weights) return;
  const std::string root = *real_data("");
  const Pretrained right = load_pretrained(*weights);
  const Pretrained wrong = load_pretrained(*weights, {.padding = PaddingRule::torch});
  const Pretrained scale = load_pretrained(*weights, {.scale = imagenet_scale});
  const auto labels =
      read_labels(root + "mobilenet_v2/imagenet_labels.txt", right.network->classes());
  const auto guesses = [&](const Pretrained& model, const std::string& name) {
    const Tensor picture = scaled(read_square(root + "photos/" + name, 224), model.scale);
    return best_guesses((*model.network)(constant(reshaped(picture, {1, 3, 224, 224}))).value(),
                        model.network->classes())[0];
  };
  const auto probability = [](const std::vector<Guess>& all, std::size_t label) {
    for (const Guess& guess : all)
      if (guess.label == label) return guess.probability;
    return 0.0;
  };
  const char* const names[] = {"astronaut", "chelsea", "coffee", "rocket"};
  nlohmann::json kept;
  fmt::print("What it names:\n");
  for (const char* name : names) {
    fmt::print("  {}\n", name);
    const auto all = guesses(right, fmt::format("{}_224.png", name));
    for (std::size_t i = 0; i < 5; ++i)
      fmt::print("    {:4.1f} %  {}\n", 100 * all[i].probability, labels[all[i].label]);
    kept[name] = {{"label", labels[all[0].label]}, {"probability", 100 * all[0].probability}};
  }
  fmt::print("\nThe probability of its first answer, %:\n  {:<12}{:>12}{:>16}{:>16}\n", "",
             "as made", "other padding", "other scale");
  for (const char* name : names) {
    const std::string file = fmt::format("{}_224.png", name);
    const auto all = guesses(right, file);
    const std::size_t label = all[0].label;
    fmt::print("  {:<12}{:>12.1f}{:>16.1f}{:>16.1f}\n", name, 100 * all[0].probability,
               100 * probability(guesses(wrong, file), label),
               100 * probability(guesses(scale, file), label));
  }
  keep("photos.json", kept.dump(1) + "\n");
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("What MobileNetV2 names in four photographs.", "photos");
  return run_program(app, argc, argv, look);
}
