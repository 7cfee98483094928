// Captions pictures of your own.
#include <unistd.h>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "program.hpp"
#include "vision/captioning/caption_data.hpp"
#include "vision/captioning/captioner.hpp"
#include "vision/images/image.hpp"
#include "vision/images/terminal.hpp"
#include "vision/networks/pretrained.hpp"

using namespace tapestry;

namespace {

// Gives a captioner of vectors the network that makes them, unless its file has brought it along.
void open_eyes(Captioner& captioner, const std::string& model, const std::string& path) {
  if (captioner.sees() && path.empty()) return;
  if (captioner.sees())
    throw FormatError(model + ": this captioner has a CNN of its own, expected no --network");
  if (path.empty())
    throw FormatError(fmt::format("{}: this captioner has no CNN of its own; it captions vectors "
                                  "of {}: give the weights of that network with --network",
                                  model, captioner.options.seen_by));
  Pretrained made_by = load_pretrained(path);
  if (made_by.network->features() != captioner.options.picture)
    throw FormatError(fmt::format("{}: {} makes vectors of {} numbers, expected {}, as {} has seen",
                                  path, made_by.name, made_by.network->features(),
                                  captioner.options.picture, model));
  captioner.bring(std::move(made_by));
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Says what is in a picture.", "caption");
  std::string model = data_folder() + "/captioner/captioner.safetensors", network;
  std::vector<std::string> files;
  int beam = 3;
  app.add_option("files", files, "PNG, JPEG, PPM, PGM or BMP pictures")->required();
  app.add_option("--model", model, "the trained captioner")->capture_default_str();
  app.add_option("--network", network,
                 "MobileNetV2 or SqueezeNet, for a captioner of their vectors");
  app.add_option("--beam", beam, "sentences kept at each word")
      ->capture_default_str()
      ->check(whole_number(1, 1000));

  return run_program(app, argc, argv, [&] {
    Captioner captioner = load_captioner(model);
    open_eyes(captioner, model, network);
    std::size_t failed = 0;
    for (const std::string& file : files) { // one bad picture does not lose the others
      try {
        const Tensor picture = read_for_captioning(file, captioner.side());
        const std::string caption = captioner.describe(picture, {.beam_size = beam});
        if (isatty(STDOUT_FILENO)) fmt::print("{}", half_blocks(picture, 48));
        fmt::print("{}: {}\n", file, caption);
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
