// What the trained network of `digits` looks like inside: its first kernels, what its stages make
// of a digit, and the digits that it misreads.
//
// It reads the folder `mnist` of the one that TAPESTRY_DATA names, and the network that `digits`
// saved.
#include "autograd/operators/functions.hpp"
#include "digits_task.hpp"
#include "vision/images/contact_sheet.hpp"
#include "vision/images/image.hpp"
#include "vision/images/resize.hpp"

using namespace tapestry;

namespace {

// The stages of the network, without its last layer.
struct Stages : nn::Module {
  explicit Stages(Rng& rng) {
    std::size_t in = 1;
    for (const std::size_t out : digits_task.channels) all.emplace_back(in, out, rng), in = out;
  }
  void visit(nn::Visitor& v) override {
    for (std::size_t i = 0; i < all.size(); ++i) v(fmt::format("stage{}", i), all[i]);
  }
  std::vector<CnnStage> all;
};

// Tiles (3, S, S) in rows of `columns`, with a white gap.
Tensor tiled(const std::vector<Tensor>& tiles, std::size_t columns, std::size_t gap = 6) {
  const std::size_t side = tiles.at(0).shape(1), rows = (tiles.size() + columns - 1) / columns;
  Tensor all = ones({3, rows * (side + gap) - gap, columns * (side + gap) - gap});
  for (std::size_t t = 0; t < tiles.size(); ++t)
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t y = 0; y < side; ++y)
        for (std::size_t x = 0; x < side; ++x)
          all(c, t / columns * (side + gap) + y, t % columns * (side + gap) + x) =
              tiles[t](c, y, x);
  return all;
}

// A plane of n x n numbers, -1 to 1, as `side` pixels: blue below 0, white at 0, red above.
Tensor coloured(const real* plane, std::size_t n, double scale, std::size_t side) {
  Tensor small = Tensor::from_shape({3, n, n});
  for (std::size_t i = 0; i < n * n; ++i) {
    const real v = std::clamp(plane[i] / static_cast<real>(scale), real{-1}, real{1});
    const real faint = 1 - std::abs(v); // the colours that the one shown lacks
    small.data()[i] = v < 0 ? faint : 1;
    small.data()[n * n + i] = faint;
    small.data()[2 * n * n + i] = v > 0 ? faint : 1;
  }
  return resize(small, side, side, Filter::area);
}

// The same in grey: dark is large.
Tensor dark(const real* plane, std::size_t n, double scale, std::size_t side) {
  Tensor small = Tensor::from_shape({3, n, n});
  for (std::size_t i = 0; i < 3 * n * n; ++i)
    small.data()[i] =
        1 - static_cast<real>(std::clamp(double{plane[i % (n * n)]} / scale, 0.0, 1.0));
  return resize(small, side, side, Filter::area);
}

void draw() {
  const auto folder = real_data(digits_task.folder);
  if (!folder) return;
  const std::string model = data_folder() + "/digits/digits.safetensors";
  const LabelledImages images = read_mnist(*folder, Subset::train),
                       test = read_mnist(*folder, Subset::test);
  const ChannelScale scale(images);
  Rng rng(1);
  Stages stages(rng);
  nn::load_model(model, stages, {.partial = true});
  stages.eval();
  CnnPath network(1, 28, digits_task.channels, 10, rng);
  nn::load_model(model, network);

  const nn::StateDict state = network.state_dict();
  const Tensor& kernels = state.at("stage0.conv.weight"); // (24, 1, 3, 3)
  std::vector<Tensor> tiles;
  for (std::size_t o = 0; o < kernels.shape(0); ++o) {
    double most = 0;
    for (std::size_t i = 0; i < 9; ++i)
      most = std::max(most, std::abs(double{kernels.data()[9 * o + i]}));
    tiles.push_back(coloured(kernels.data() + 9 * o, 3, most, 48));
  }
  keep("filters.png", encode_png(tiled(tiles, 12)));

  std::size_t digit = 0; // the first 4 among the test digits
  while (test.labels[digit] != 4) ++digit;
  constexpr std::size_t shown_channels = 8, side = 63;
  Var grid = pictures_of(test, {digit}, scale, digits_task);
  std::vector<Tensor> rows;
  for (CnnStage& stage : stages.all) {
    grid = stage(grid);
    const std::size_t n = grid.shape()[2];
    for (std::size_t c = 0; c < shown_channels; ++c)
      rows.push_back(dark(grid.value().data() + c * n * n, n, 3, side));
  }
  keep("activations.png", encode_png(tiled(rows, shown_channels)));

  const std::vector<int> found =
      classes_of(network, test, numbers_between(0, test.size()), scale, digits_task);
  std::vector<Captioned> misread;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < test.size(); ++i) {
    if (found[i] == test.labels[i]) continue;
    if (++wrong <= 12)
      misread.push_back({dark(image_tensor(test, i).data(), 28, 1, 168),
                         fmt::format("a {}, read as {}", test.labels[i], found[i])});
  }
  fmt::print("Test digits misread: {} of {}; shown: the first {}\n", wrong, test.size(),
             misread.size());
  if (!misread.empty()) keep("misread.png", encode_png(contact_sheet(misread, 6)));
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app("Pictures of a trained network's inside.", "filters");
  return run_program(app, argc, argv, draw);
}
