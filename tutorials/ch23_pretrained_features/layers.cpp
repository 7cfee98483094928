// Which layer knows what: linear probes on the layers of the real MobileNetV2, for drawings that it
// has never seen the like of.
//
// It reads the folder `mobilenet_v2` of the one that TAPESTRY_DATA names.
#include <fmt/format.h>

#include "drawings.hpp"
#include "keep.hpp"
#include "linear_probe.hpp"
#include "program.hpp"
#include "real_data.hpp"
#include "vision/networks/mobilenet_v2.hpp"
#include "vision/networks/pretrained.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t side = 96, train_size = 600, choose_size = 300, test_size = 600;
constexpr std::size_t all_size = train_size + choose_size + test_size;
constexpr std::size_t shown[] = {0, 1, 3, 6, 10, 13, 16, 17, 18};

double probe(Tensor x, const std::vector<int>& labels, std::size_t classes) {
  standardise(x, train_size);
  const Labelled all{std::move(x), labels};
  return linear_probe(part_of(all, 0, train_size),
                      part_of(all, train_size, train_size + choose_size),
                      part_of(all, train_size + choose_size, all_size), classes);
}

void look() {
  const auto weights = real_data("mobilenet_v2/mobilenet_v2.safetensors");
  if (!weights) return;
  const Pretrained model = load_pretrained(*weights);
  auto& network = dynamic_cast<MobileNetV2&>(*model.network);
  constexpr std::size_t seeds = 3;
  // share[layer][task][seed]; the last row: pixels
  std::vector<std::array<std::array<double, seeds>, 3>> share(std::size(shown) + 1);
  std::vector<std::string> sizes(std::size(shown));
  for (std::size_t seed = 0; seed < seeds; ++seed) {
    const Drawings drawings = draw(all_size, side, 100 + seed);
    std::vector<Tensor> means(std::size(shown)); // of each layer's grid
    for (std::size_t begin = 0; begin < all_size; begin += 20) {
      Tensor some = Tensor::from_shape({20, 3, side, side});
      std::copy_n(drawings.pictures.data() + begin * (some.size() / 20), some.size(), some.data());
      const std::vector<Var> stages = network.stages(constant(scaled(some, model.scale)));
      for (std::size_t i = 0; i < std::size(shown); ++i) {
        const Var& grid = stages[shown[i]];
        const Tensor rows = picture_vectors(grid).value();
        if (begin == 0) {
          means[i] = Tensor::from_shape({all_size, rows.shape(1)});
          sizes[i] = fmt::format("{} x {} x {}", grid.shape()[1], grid.shape()[2], grid.shape()[3]);
        }
        std::copy_n(rows.data(), rows.size(), means[i].data() + begin * rows.shape(1));
      }
    }
    const Tensor pixels =
        reshaped(draw(all_size, 32, 100 + seed).pictures, {all_size, std::size_t{3} * 32 * 32});
    for (std::size_t task = 0; task < 3; ++task) {
      for (std::size_t i = 0; i < std::size(shown); ++i)
        share[i][task][seed] = probe(means[i], drawings.labels[task], task_classes[task]);
      share.back()[task][seed] = probe(pixels, drawings.labels[task], task_classes[task]);
    }
  }
  fmt::print("A linear probe on drawings\n  {:<14}{:>16}{:>12}{:>12}{:>12}\n", "right, %, 3 seeds",
             "output", task_names[0], task_names[1], task_names[2]);
  const auto row = [&](const std::string& name, const std::string& size, const auto& tasks) {
    fmt::print("  {:<14}{:>16}", name, size);
    for (const auto& all : tasks) {
      const auto [least, most] = std::minmax_element(all.begin(), all.end());
      fmt::print("{:>12}", fmt::format("{:.0f} to {:.0f}", 100 * *least, 100 * *most));
    }
    fmt::print("\n");
  };
  row("pixels", "3 x 32 x 32", share.back());
  std::string curve = "layer\tform\tcolour\tnumber\n";
  for (std::size_t i = 0; i < std::size(shown); ++i) {
    row(fmt::format("features.{}", shown[i]), sizes[i], share[i]);
    curve += fmt::format("{}", shown[i]);
    for (const auto& all : share[i])
      curve += fmt::format("\t{:.1f}", 100 * (all[0] + all[1] + all[2]) / 3);
    curve += "\n";
  }
  keep("layers.tsv", curve);
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("What each layer of MobileNetV2 knows of drawings.", "layers");
  return run_program(app, argc, argv, look);
}
