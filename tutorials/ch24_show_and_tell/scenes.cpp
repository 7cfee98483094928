// Draws the data set: pictures of coloured shapes, five captions each.
#include <fmt/format.h>

#include "program.hpp"
#include "vision/scenes/scene_data.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  CLI::App app("Draws pictures of coloured shapes with captions, in Flickr8k's layout.", "scenes");
  std::string folder = data_folder() + "/scenes";
  SceneDataOptions options;
  app.add_option("--out", folder, "the folder to write")->capture_default_str();
  app.add_option("--train", options.train, "training pictures")
      ->capture_default_str()
      ->check(whole_number(0, 1'000'000));
  app.add_option("--dev", options.dev, "validation pictures")
      ->capture_default_str()
      ->check(whole_number(0, 1'000'000));
  app.add_option("--test", options.test, "test pictures")
      ->capture_default_str()
      ->check(whole_number(0, 1'000'000));
  app.add_option("--seed", options.seed, "of all random choices")
      ->capture_default_str()
      ->check(whole_number(0, UINT64_MAX));
  app.add_option("--side", options.side, "pixels a side")
      ->capture_default_str()
      ->check(whole_number(16, 2048));

  return run_program(app, argc, argv, [&] {
    if (scenes_complete(folder, options)) {
      fmt::print("{} is complete: {} training, {} validation, {} test pictures\n", folder,
                 options.train, options.dev, options.test);
      return;
    }
    Progress progress("drawing", options.train + options.dev + options.test);
    write_scenes(folder, options, [&](std::size_t done, std::size_t) { progress.update(done); });
  });
}
