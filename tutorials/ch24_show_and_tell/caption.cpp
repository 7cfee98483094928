// Captions pictures of your own.
#include <unistd.h>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "program.hpp"
#include "vision/captioning/caption_data.hpp"
#include "vision/captioning/captioner.hpp"
#include "vision/images/terminal.hpp"

using namespace tapestry;

int main(int argc, char** argv) {
  CLI::App app("Says what is in a picture.", "caption");
  std::string model = data_folder() + "/captioner/captioner.safetensors";
  std::vector<std::string> files;
  int beam = 3;
  app.add_option("files", files, "PNG, JPEG, PPM, PGM or BMP pictures")->required();
  app.add_option("--model", model, "the trained captioner")->capture_default_str();
  app.add_option("--beam", beam, "sentences kept at each word")
      ->capture_default_str()
      ->check(whole_number(1, 1000));

  return run_program(app, argc, argv, [&] {
    Captioner captioner = load_seeing_captioner(model);
    std::size_t failed = 0;
    for (const std::string& file : files) { // one bad picture does not lose the others
      try {
        const Tensor picture = read_for_captioning(file, captioner.options.cnn.side);
        if (isatty(STDOUT_FILENO)) fmt::print("{}", half_blocks(picture, 48));
        fmt::print("{}: {}\n", file, captioner.describe(picture, {.beam_size = beam}));
      } catch (const FormatError& e) {
        fmt::print(stderr, "caption: {}\n", e.what());
        ++failed;
      }
    }
    if (failed > 0 && files.size() > 1)
      throw std::runtime_error(
          fmt::format("{} of {} pictures could not be read", failed, files.size()));
    if (failed > 0) throw CLI::RuntimeError(1);
  });
}
