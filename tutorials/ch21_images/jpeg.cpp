// What a JPEG loses: the meadow with the grain of a camera, written at several qualities, read
// again and compared.
#include <cmath>

#include <fmt/format.h>
#include <stb_image_write.h>

#include "autograd/random.hpp"
#include "keep.hpp"
#include "meadow.hpp"
#include "vision/images/decode.hpp"
#include "vision/images/image.hpp"
#include "vision/images/transforms.hpp"

using namespace tapestry;

namespace {

std::string jpeg_of(const Tensor& image, int quality) {
  const std::size_t h = image.shape(1), w = image.shape(2);
  std::vector<unsigned char> rgb;
  for (std::size_t i = 0; i < h * w; ++i)
    for (std::size_t c = 0; c < 3; ++c)
      rgb.push_back(static_cast<unsigned char>(std::lround(255 * image.data()[c * h * w + i])));
  std::string bytes;
  stbi_write_jpg_to_func(
      [](void* to, void* from, int n) {
        static_cast<std::string*>(to)->append(static_cast<char*>(from),
                                              static_cast<std::size_t>(n));
      },
      &bytes, static_cast<int>(w), static_cast<int>(h), 3, rgb.data(), quality);
  return bytes;
}

Tensor read_back(const std::string& bytes) {
  const Pixels pixels = decode_jpeg("the JPEG", bytes);
  Tensor image = zeros({3, pixels.height, pixels.width});
  const std::size_t n = pixels.height * pixels.width;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t c = 0; c < 3; ++c)
      image.data()[c * n + i] = static_cast<real>(pixels.rgba[4 * i + c]) / 255;
  return image;
}

// In levels from 0 to 255.
double mean_error(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(a.data()[i] - b.data()[i]);
  return 255 * sum / static_cast<double>(a.size());
}

// Each row moved to the right by n pixels; what leaves it comes in on the left.
Tensor shifted(const Tensor& image, std::size_t n) {
  const std::size_t w = image.shape(2);
  Tensor result = image;
  for (std::size_t r = 0; r < 3 * image.shape(1); ++r)
    for (std::size_t x = 0; x < w; ++x)
      result.data()[r * w + (x + n) % w] = image.data()[r * w + x];
  return result;
}

} // namespace

int main() {
  //> grain
  Rng rng(21);
  const Tensor clean = meadow(128), grain = normal(clean.shape(), 0, 0.02, rng); // 5 levels of 255
  Tensor image = zeros(clean.shape());
  for (std::size_t i = 0; i < image.size(); ++i)
    image.data()[i] = std::clamp(clean.data()[i] + grain.data()[i], real{0}, real{1});
  //< grain
  const auto png_percent = [](const Tensor& x) {
    return (100 * encode_png(x).size() + x.size() / 2) / x.size();
  };
  fmt::print("128 x 128 pixels are {} bytes. As a PNG, which loses nothing, they take {} %;\n"
             "without the grain, {} %.\n\n",
             image.size(), png_percent(image), png_percent(clean));
  fmt::print("As a JPEG:\n  quality   size, %   mean error, levels of 255\n");
  std::vector<Tensor> details;
  const auto detail = [](const Tensor& x) {
    return resize(crop(x, {64, 40, 40, 40}), 160, 160, Filter::area);
  };
  details.push_back(detail(image));
  for (const int quality : {95, 75, 30, 5}) {
    const std::string bytes = jpeg_of(image, quality);
    const Tensor back = read_back(bytes);
    fmt::print("  {:7}   {:7.1f}   {:25.1f}\n", quality,
               100 * static_cast<double>(bytes.size()) / static_cast<double>(image.size()),
               mean_error(image, back));
    if (quality == 75 || quality == 5) details.push_back(detail(back));
  }
  keep("jpeg.png", encode_png(side_by_side(details)));

  Tensor again = image, moved = image;
  for (int i = 0; i < 10; ++i) {
    again = read_back(jpeg_of(again, 75));
    moved = shifted(read_back(jpeg_of(moved, 75)), 3);
  }
  fmt::print("\nWritten and read at quality 75, the mean error:\n");
  fmt::print("  once                                {:.1f}\n",
             mean_error(image, read_back(jpeg_of(image, 75))));
  fmt::print("  ten times                           {:.1f}\n", mean_error(image, again));
  fmt::print("  ten times, moved by 3 pixels after  {:.1f}\n",
             mean_error(image, shifted(moved, 128 - 30)));
}
