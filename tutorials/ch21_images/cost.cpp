// What it costs to bring a photograph to a network: bytes, and milliseconds on one thread.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <functional>

#include <fmt/format.h>
#include <stb_image_write.h>

#include "autograd/random.hpp"
#include "keep.hpp"
#include "meadow.hpp"
#include "vision/images/decode.hpp"
#include "vision/images/transforms.hpp"

using namespace tapestry;

namespace {

constexpr std::size_t side = 1024, small = 224;

std::string jpeg_of(const Tensor& image) {
  const std::size_t n = image.size() / 3;
  std::vector<unsigned char> rgb;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t c = 0; c < 3; ++c)
      rgb.push_back(static_cast<unsigned char>(std::lround(255 * image.data()[c * n + i])));
  std::string bytes;
  stbi_write_jpg_to_func(
      [](void* to, void* from, int count) {
        static_cast<std::string*>(to)->append(static_cast<char*>(from),
                                              static_cast<std::size_t>(count));
      },
      &bytes, static_cast<int>(image.shape(2)), static_cast<int>(image.shape(1)), 3, rgb.data(),
      90);
  return bytes;
}

// The shortest of five: whatever else the machine does makes a run longer.
void row(const char* what, const std::function<void()>& f) {
  using Clock = std::chrono::steady_clock;
  double best = 1e9;
  for (int i = 0; i < 5; ++i) {
    const auto begin = Clock::now();
    f();
    best = std::min(best, std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
  }
  fmt::print("  {:<32}{:>8.2f}\n", what, best);
}

} // namespace

int main() {
  setenv("TAPESTRY_THREADS", "1", 1);
  Rng rng(1);
  Tensor image = meadow(side);
  for (real& x : image.storage())
    x = std::clamp(x + static_cast<real>(0.02 * rng.normal()), real{0},
                   real{1}); // a camera's grain
  const std::string bytes = jpeg_of(image);
  const double kb = 1024;
  fmt::print("{} x {} pixels, KB:\n", side, side);
  fmt::print("  {:<32}{:>8.0f}\n", "the JPEG", static_cast<double>(bytes.size()) / kb);
  fmt::print("  {:<32}{:>8.0f}\n", "three bytes a pixel", 3 * side * side / kb);
  fmt::print("  {:<32}{:>8.0f}\n", "three floats a pixel", 3 * side * side * sizeof(float) / kb);
  fmt::print("  {:<32}{:>8.0f}\n", "three floats, 224 x 224",
             3 * small * small * sizeof(float) / kb);

  fmt::print("\nMilliseconds, one thread:\n");
  row("read the JPEG", [&] { decode_jpeg("the JPEG", bytes); });
  row("shrink it to 224 x 224, area", [&] { resize(image, small, small, Filter::area); });
  row("shrink it, bilinear", [&] { resize(image, small, small); });
  const Tensor x = resize(image, small, small);
  row("mirror the small one", [&] { hflip(x); });
  row("change its colours",
      [&] { color_jitter(x, {.brightness = 0.2, .contrast = 0.2, .saturation = 0.2}, rng); });
  row("normalise it", [&] { normalize(x, {0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}); });
}
