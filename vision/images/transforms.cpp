#include "vision/images/transforms.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "vision/images/resize.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

void check_picture(const char* function, const Tensor& image, bool colour = false) {
  if (image.dimension() != 3 || image.size() == 0 || (colour && image.shape(0) != 3))
    throw ShapeError(fmt::format("{}: a picture of shape {}; expected ({}, H, W), none of them 0",
                                 function, to_string(image.shape()), colour ? "3" : "C"));
}

void check_size(const char* function, std::size_t height, std::size_t width, std::size_t h,
                std::size_t w) {
  if (height == 0 || width == 0 || height > h || width > w)
    throw ShapeError(fmt::format("{}: {} x {} from a picture of {} x {}; expected 1 x 1 to {} x {}",
                                 function, height, width, h, w, h, w));
}

// factor * image + (1 - factor) * other(i), i the place in its plane; clipped to [0, 1]
template <class Other>
Tensor mixed(const char* function, const Tensor& image, double factor, Other other) {
  if (!(factor >= 0))
    throw ShapeError(fmt::format("{}: a factor of {}; expected 0 or more", function, factor));
  const std::size_t plane = image.shape(1) * image.shape(2);
  const auto f = static_cast<real>(factor);
  Tensor result = Tensor::from_shape(image.shape());
  for (std::size_t c = 0; c < image.shape(0); ++c) {
    const real* from = image.data() + c * plane;
    real* to = result.data() + c * plane;
    for (std::size_t i = 0; i < plane; ++i)
      to[i] = std::clamp(f * from[i] + (1 - f) * other(i), real{0}, real{1});
  }
  return result;
}

double draw(const std::pair<double, double>& range, Rng& rng) {
  return rng.uniform(range.first, range.second);
}

} // namespace

Tensor crop(const Tensor& image, const CropBox& box) {
  check_picture("crop", image);
  const std::size_t planes = image.shape(0), h = image.shape(1), w = image.shape(2);
  if (box.height == 0 || box.width == 0 || box.top >= h || box.left >= w ||
      box.height > h - box.top || box.width > w - box.left)
    throw ShapeError(fmt::format("crop: {} x {} at row {}, column {}, of a picture of {} x {}",
                                 box.height, box.width, box.top, box.left, h, w));
  Tensor result = Tensor::from_shape({planes, box.height, box.width});
  for (std::size_t c = 0; c < planes; ++c)
    for (std::size_t y = 0; y < box.height; ++y)
      std::copy_n(image.data() + (c * h + box.top + y) * w + box.left, box.width,
                  result.data() + (c * box.height + y) * box.width);
  return result;
}

Tensor center_crop(const Tensor& image, std::size_t height, std::size_t width) {
  check_picture("center_crop", image);
  const std::size_t h = image.shape(1), w = image.shape(2);
  check_size("center_crop", height, width, h, w);
  // Python rounds a half to the even neighbour: 1/2 to 0, 3/2 to 2.
  const auto half = [](std::size_t n) { return n / 2 + (n % 4 == 3); };
  return crop(image, {half(h - height), half(w - width), height, width});
}

Tensor pad(const Tensor& image, std::size_t padding, real value) {
  check_picture("pad", image);
  if (padding > std::numeric_limits<std::int32_t>::max()) // it was negative, or the sums wrap
    throw ShapeError(
        fmt::format("pad: a margin of {}; expected 0 or more", static_cast<std::int64_t>(padding)));
  const std::size_t planes = image.shape(0), h = image.shape(1), w = image.shape(2);
  const std::size_t height = h + 2 * padding, width = w + 2 * padding;
  Tensor result = full({planes, height, width}, value);
  for (std::size_t c = 0; c < planes; ++c)
    for (std::size_t y = 0; y < h; ++y)
      std::copy_n(image.data() + (c * h + y) * w, w,
                  result.data() + (c * height + padding + y) * width + padding);
  return result;
}

Tensor hflip(const Tensor& image) {
  check_picture("hflip", image);
  const std::size_t rows = image.shape(0) * image.shape(1), w = image.shape(2);
  Tensor result = Tensor::from_shape(image.shape());
  for (std::size_t r = 0; r < rows; ++r)
    std::reverse_copy(image.data() + r * w, image.data() + (r + 1) * w, result.data() + r * w);
  return result;
}

Tensor moved(const Tensor& image, int down, int right) {
  check_picture("moved", image);
  const int h = static_cast<int>(image.shape(1)), w = static_cast<int>(image.shape(2));
  Tensor result = Tensor::from_shape(image.shape());
  real* to = result.data();
  for (std::size_t c = 0; c < image.shape(0); ++c)
    for (int y = 0; y < h; ++y) {
      const int from = std::clamp(y - std::clamp(down, -h, h), 0, h - 1);
      const real* row = image.data() + (static_cast<int>(c) * h + from) * w;
      for (int x = 0; x < w; ++x) *to++ = row[std::clamp(x - std::clamp(right, -w, w), 0, w - 1)];
    }
  return result;
}

//> random-crop
Tensor random_crop(const Tensor& image, std::size_t height, std::size_t width, std::size_t padding,
                   Rng& rng) {
  const Tensor padded = pad(image, padding);
  const std::size_t h = padded.shape(1), w = padded.shape(2);
  check_size("random_crop", height, width, h, w);
  const std::size_t top = rng.below(h - height + 1), left = rng.below(w - width + 1);
  return crop(padded, {top, left, height, width});
}
//< random-crop

Tensor random_horizontal_flip(const Tensor& image, double p, Rng& rng) {
  return rng.chance(p) ? hflip(image) : image;
}

CropBox random_box(std::size_t h, std::size_t w, Rng& rng, const RandomResizedCropOptions& o) {
  const auto [least, most] = o.ratio;
  if (!(o.scale.first > 0 && o.scale.first <= o.scale.second && least > 0 && least <= most))
    throw ShapeError("random_resized_crop: scale and ratio are ranges, from more than 0");
  const double area = static_cast<double>(h) * static_cast<double>(w);
  for (int attempt = 0; attempt < 10; ++attempt) {
    const double target = area * draw(o.scale, rng);
    const double ratio = std::exp(draw({std::log(least), std::log(most)}, rng));
    const auto width = static_cast<std::size_t>(std::lround(std::sqrt(target * ratio)));
    const auto height = static_cast<std::size_t>(std::lround(std::sqrt(target / ratio)));
    if (width == 0 || width > w || height == 0 || height > h) continue;
    const std::size_t top = rng.below(h - height + 1), left = rng.below(w - width + 1);
    return {top, left, height, width};
  }
  std::size_t height = h, width = w;
  const double ratio = static_cast<double>(w) / static_cast<double>(h);
  if (ratio < least)
    height = static_cast<std::size_t>(std::lround(static_cast<double>(w) / least));
  else if (ratio > most)
    width = static_cast<std::size_t>(std::lround(static_cast<double>(h) * most));
  height = std::max<std::size_t>(height, 1), width = std::max<std::size_t>(width, 1);
  return {(h - height) / 2, (w - width) / 2, height, width};
}

Tensor random_resized_crop(const Tensor& image, std::size_t height, std::size_t width, Rng& rng,
                           const RandomResizedCropOptions& options) {
  check_picture("random_resized_crop", image);
  const CropBox box = random_box(image.shape(1), image.shape(2), rng, options);
  return resize(crop(image, box), height, width);
}

Tensor grayscale(const Tensor& image) {
  check_picture("grayscale", image, true);
  const std::size_t n = image.shape(1) * image.shape(2);
  Tensor grey = Tensor::from_shape({1, image.shape(1), image.shape(2)});
  const real *red = image.data(), *green = red + n, *blue = green + n;
  for (std::size_t i = 0; i < n; ++i)
    grey.data()[i] = real(0.2989) * red[i] + real(0.587) * green[i] + real(0.114) * blue[i];
  return grey;
}

Tensor adjust_brightness(const Tensor& image, double factor) {
  check_picture("adjust_brightness", image, true);
  return mixed("adjust_brightness", image, factor, [](std::size_t) { return real{0}; });
}

Tensor adjust_contrast(const Tensor& image, double factor) {
  const Tensor grey = grayscale(image);
  double sum = 0;
  for (std::size_t i = 0; i < grey.size(); ++i) sum += grey.data()[i];
  const auto mean = static_cast<real>(sum / static_cast<double>(grey.size()));
  return mixed("adjust_contrast", image, factor, [mean](std::size_t) { return mean; });
}

Tensor adjust_saturation(const Tensor& image, double factor) {
  const Tensor grey = grayscale(image);
  return mixed("adjust_saturation", image, factor, [&](std::size_t i) { return grey.data()[i]; });
}

Tensor color_jitter(const Tensor& image, const ColorJitterOptions& o, Rng& rng) {
  struct Step {
    const char* name;
    Tensor (*adjust)(const Tensor&, double);
    double amount;
  };
  std::vector<Step> steps{{"brightness", adjust_brightness, o.brightness},
                          {"contrast", adjust_contrast, o.contrast},
                          {"saturation", adjust_saturation, o.saturation}};
  for (const Step& step : steps)
    if (!(step.amount >= 0))
      throw ShapeError(
          fmt::format("color_jitter: a {} of {}; expected 0 or more", step.name, step.amount));
  rng.shuffle(steps);
  Tensor result = image;
  for (const Step& step : steps)
    if (step.amount > 0)
      result = step.adjust(result, rng.uniform(std::max(0.0, 1 - step.amount), 1 + step.amount));
  return result;
}

//> normalize
Tensor normalize(const Tensor& image, const std::vector<double>& mean,
                 const std::vector<double>& std) {
  check_picture("normalize", image);
  const std::size_t planes = image.shape(0), plane = image.shape(1) * image.shape(2);
  if (mean.size() != planes || std.size() != planes)
    throw ShapeError(fmt::format("normalize: {} means and {} deviations for {} channels",
                                 mean.size(), std.size(), planes));
  Tensor result = Tensor::from_shape(image.shape());
  for (std::size_t c = 0; c < planes; ++c) {
    if (!(std[c] > 0))
      throw ShapeError(fmt::format("normalize: a deviation of {}; expected more than 0", std[c]));
    const auto m = static_cast<real>(mean[c]), s = static_cast<real>(std[c]);
    for (std::size_t i = c * plane; i < (c + 1) * plane; ++i)
      result.data()[i] = (image.data()[i] - m) / s;
  }
  return result;
}
//< normalize

} // namespace tapestry::inline TAPESTRY_PRECISION
