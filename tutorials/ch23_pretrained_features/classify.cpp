// Names what is in photographs of your own, PNG or JPEG: the five classes that are most probable.
#include <cstdlib>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "program.hpp"
#include "vision/images/image.hpp"
#include "vision/networks/pretrained.hpp"

using namespace tapestry;

namespace {

// Where the weights lie by default, or "" without the variable.
std::string default_path(const char* name) {
  const char* const data = std::getenv("TAPESTRY_DATA");
  return data && *data ? fmt::format("{}/mobilenet_v2/{}", data, name) : "";
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Names what is in a photograph.", "classify");
  std::string weights = default_path("mobilenet_v2.safetensors");
  std::string names = default_path("imagenet_labels.txt");
  std::vector<std::string> files;
  std::size_t side = 224, count = 5;
  app.add_option("files", files, "PNG or JPEG pictures")->required();
  app.add_option("--weights", weights, "of MobileNetV2 or SqueezeNet 1.1, with torchvision's names")
      ->capture_default_str();
  app.add_option("--labels", names, "the classes' names, one a line")->capture_default_str();
  whole_option(app, "--side", side, "pixels a side that the network sees", 32, 2048);
  whole_option(app, "--top", count, "classes to print", 1, 1000);

  return run_program(app, argc, argv, [&] {
    if (weights.empty() || names.empty())
      throw std::runtime_error("no weights: give --weights FILE and --labels FILE, or set "
                               "TAPESTRY_DATA to a folder with mobilenet_v2/");
    //> classify
    const Pretrained model = load_pretrained(weights);
    const std::vector<std::string> labels = read_labels(names, model.network->classes());
    std::size_t failed = 0;
    for (const std::string& file : files) { // one bad picture does not lose the others
      try {
        const Tensor picture = scaled(read_square(file, side), model.scale);
        const Var logits = (*model.network)(constant(reshaped(picture, {1, 3, side, side})));
        const std::vector<Guess> best = best_guesses(logits.value(), count)[0];
        fmt::print("{}\n", file);
        for (const Guess& guess : best)
          fmt::print("  {:5.1f} %  {}\n", 100 * guess.probability, labels[guess.label]);
      } catch (const FormatError& e) {
        fmt::print(stderr, "classify: {}\n", e.what());
        ++failed;
      }
    }
    //< classify
    if (failed > 0 && files.size() > 1)
      throw std::runtime_error(
          fmt::format("{} of {} pictures could not be read", failed, files.size()));
    if (failed > 0) throw CLI::RuntimeError(1);
  });
}
