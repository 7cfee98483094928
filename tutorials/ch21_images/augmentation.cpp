// One picture, drawn anew by chance: flips, crops and colours. And what normalising does to many.
#include <cmath>

#include <fmt/format.h>

#include "keep.hpp"
#include "meadow.hpp"
#include "vision/images/image.hpp"
#include "vision/images/transforms.hpp"

using namespace tapestry;

namespace {

Tensor stacked(const std::vector<Tensor>& rows) {
  std::size_t height = 8 * (rows.size() - 1), top = 0;
  for (const Tensor& row : rows) height += row.shape(1);
  Tensor all = ones({3, height, rows.at(0).shape(2)});
  for (const Tensor& row : rows) {
    for (std::size_t c = 0; c < 3; ++c)
      for (std::size_t y = 0; y < row.shape(1); ++y)
        for (std::size_t x = 0; x < row.shape(2); ++x) all(c, top + y, x) = row(c, y, x);
    top += row.shape(1) + 8;
  }
  return all;
}

struct Moments {
  double mean = 0, deviation = 0;
};
// Of one channel of all pictures.
Moments moments(const std::vector<Tensor>& pictures, std::size_t channel) {
  double sum = 0, squares = 0, n = 0;
  for (const Tensor& picture : pictures)
    for (std::size_t y = 0; y < picture.shape(1); ++y)
      for (std::size_t x = 0; x < picture.shape(2); ++x) {
        const double v = picture(channel, y, x);
        sum += v, squares += v * v, n += 1;
      }
  const double mean = sum / n;
  return {mean, std::sqrt(squares / n - mean * mean)};
}

void print_moments(const char* title, const std::vector<Tensor>& pictures) {
  fmt::print("{}\n", title);
  for (std::size_t c = 0; c < 3; ++c) {
    const Moments m = moments(pictures, c);
    fmt::print("  {:<6} mean {:6.3f}, deviation {:.3f}\n",
               std::vector<std::string>{"red", "green", "blue"}[c],
               std::abs(m.mean) < 1e-9 ? 0 : m.mean, m.deviation);
  }
  fmt::print("\n");
}

} // namespace

int main() {
  const Tensor image = meadow(96);
  Rng rng(3);
  std::vector<Tensor> cuts, colours, pictures;
  for (int i = 0; i < 6; ++i) {
    //> augment
    Tensor cut = random_resized_crop(image, 96, 96, rng, {.scale = {0.3, 1}});
    cut = random_horizontal_flip(cut, 0.5, rng);
    const Tensor coloured =
        color_jitter(cut, {.brightness = 0.4, .contrast = 0.4, .saturation = 0.6}, rng);
    //< augment
    cuts.push_back(cut);
    colours.push_back(coloured);
  }
  keep("augmented.png", encode_png(stacked({side_by_side(cuts), side_by_side(colours)})));

  Rng again(3);
  const Tensor first = random_resized_crop(image, 96, 96, again, {.scale = {0.3, 1}});
  const Tensor second = random_horizontal_flip(first, 0.5, again);
  fmt::print("The same seed, the same picture: {}\n\n", second == cuts[0] ? "yes" : "no");

  int half = 0, quarter = 0;
  for (int i = 0; i < 10'000; ++i) {
    const CropBox box = random_box(96, 96, rng, {});
    half += box.height * box.width < 96 * 96 / 2;
    quarter += box.height * box.width < 96 * 96 / 4;
  }
  fmt::print(
      "Of 10,000 boxes, {} have less than half of the picture's area, {} less than a quarter.\n\n",
      half, quarter);

  for (int i = 0; i < 50; ++i)
    pictures.push_back(
        color_jitter(random_resized_crop(image, 32, 32, rng), {.brightness = 0.3}, rng));
  print_moments("Fifty pictures:", pictures);
  std::vector<double> mean, deviation;
  for (std::size_t c = 0; c < 3; ++c) {
    const Moments m = moments(pictures, c);
    mean.push_back(m.mean), deviation.push_back(m.deviation);
  }
  for (Tensor& picture : pictures) picture = normalize(picture, mean, deviation);
  print_moments("Normalised:", pictures);
}
