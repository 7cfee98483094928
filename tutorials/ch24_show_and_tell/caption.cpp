// Captions pictures of your own.
#include <optional>

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

// What makes the pictures' vectors, for a captioner that has no CNN of its own.
std::optional<Pretrained> network_for(const Captioner& captioner, const std::string& model,
                                      const std::string& path) {
  if (captioner.cnn && path.empty()) return {};
  if (captioner.cnn)
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
  return made_by;
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
    const std::optional<Pretrained> pretrained = network_for(captioner, model, network);
    const std::size_t side = pretrained ? 224 : captioner.options.cnn.side;
    std::size_t failed = 0;
    for (const std::string& file : files) { // one bad picture does not lose the others
      try {
        const Tensor picture = read_for_captioning(file, side);
        const BeamOptions search{.beam_size = beam};
        const std::string caption = pretrained
                                        ? captioner.tell(vector_of(*pretrained, picture), search)
                                        : captioner.describe(picture, search);
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
