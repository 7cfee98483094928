#include "vision/images/terminal.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "vision/images/resize.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

namespace {

/// (3, H, W) -> (3, h, width), h in proportion, but no higher than is sane.
Tensor fitted(const char* where, const Tensor& image, std::size_t width, std::size_t most) {
  if (image.dimension() != 3 || image.shape(0) != 3 || image.shape(1) == 0 || image.shape(2) == 0)
    throw ShapeError(fmt::format("{}: expected a picture (3, H, W) of at least one pixel", where));
  if (width == 0 || width > most)
    throw ShapeError(fmt::format("{}: a width of {}; expected 1 to {}", where, width, most));
  const double height = static_cast<double>(image.shape(1)) * static_cast<double>(width) /
                        static_cast<double>(image.shape(2));
  const auto rows =
      static_cast<std::size_t>(std::clamp(std::round(height), 1.0, 4 * static_cast<double>(most)));
  return resize(image, rows, width);
}

double clipped(real x) { return x > 0 ? std::min(static_cast<double>(x), 1.0) : 0; } // NaN is 0

int byte_of(const Tensor& image, std::size_t channel, std::size_t y, std::size_t x) {
  return static_cast<int>(std::lround(255 * clipped(image(channel, y, x))));
}

constexpr int tones = 6; // of each colour

/// (3, h, w) -> for each pixel 36 red + 6 green + blue, each from 0 to 5.
std::vector<int> palette_of(const Tensor& image) {
  const std::size_t height = image.shape(1), width = image.shape(2);
  std::vector<int> colours(height * width, 0);
  for (std::size_t c = 0; c < 3; ++c) {
    // What the pixels of this row and the next are still owed; one place more at each end.
    std::vector<double> now(width + 2, 0), next(width + 2, 0);
    for (std::size_t y = 0; y < height; ++y) {
      for (std::size_t x = 0; x < width; ++x) {
        const double wanted = clipped(image(c, y, x)) + now[x + 1];
        const int step = static_cast<int>(std::lround((tones - 1) * std::clamp(wanted, 0.0, 1.0)));
        colours[y * width + x] = colours[y * width + x] * tones + step;
        const double lost = wanted - static_cast<double>(step) / (tones - 1);
        now[x + 2] += lost * 7 / 16;
        next[x] += lost * 3 / 16;
        next[x + 1] += lost * 5 / 16;
        next[x + 2] += lost * 1 / 16;
      }
      now.swap(next);
      std::fill(next.begin(), next.end(), 0.0);
    }
  }
  return colours;
}

/// A run of the same sixel: "!5~" for five of them.
void add_run(std::string& text, char sixel, std::size_t length) {
  if (length > 3)
    text += fmt::format("!{}{}", length, sixel);
  else
    text.append(length, sixel);
}

} // namespace

std::string half_blocks(const Tensor& image, std::size_t columns) {
  const Tensor small = fitted("half_blocks", image, columns, 1000);
  std::string text;
  for (std::size_t y = 0; y < small.shape(1); y += 2) {
    for (std::size_t x = 0; x < columns; ++x) {
      const auto colour = [&](int ground, std::size_t row) {
        fmt::format_to(std::back_inserter(text), "\x1b[{};2;{};{};{}m", ground,
                       byte_of(small, 0, row, x), byte_of(small, 1, row, x),
                       byte_of(small, 2, row, x));
      };
      colour(38, y);
      if (y + 1 < small.shape(1)) colour(48, y + 1);
      text += "\u2580";
    }
    text += "\x1b[0m\n";
  }
  return text;
}

std::string sixels(const Tensor& image, std::size_t width) {
  const Tensor small = fitted("sixels", image, width, 4000);
  const std::size_t height = small.shape(1);
  const std::vector<int> colours = palette_of(small);
  std::string text = fmt::format("\x1bP0;1q\"1;1;{};{}", width, height);
  for (const int colour : std::set<int>(colours.begin(), colours.end())) // in percent
    text += fmt::format("#{};2;{};{};{}", colour, colour / 36 * 20, colour / 6 % 6 * 20,
                        colour % 6 * 20);
  for (std::size_t top = 0; top < height; top += 6) {
    // A band of six rows, once for each of its colours: bit k of a sixel is row k.
    const auto first = colours.begin() + static_cast<std::ptrdiff_t>(top * width);
    const auto last =
        colours.begin() + static_cast<std::ptrdiff_t>(std::min(top + 6, height) * width);
    for (const int colour : std::set<int>(first, last)) {
      text += fmt::format("#{}", colour);
      char previous = '?';
      std::size_t length = 0;
      for (std::size_t x = 0; x < width; ++x) {
        int bits = 0;
        for (std::size_t k = 0; k < 6 && top + k < height; ++k)
          bits |= static_cast<int>(colours[(top + k) * width + x] == colour) << k;
        const char sixel = static_cast<char>('?' + bits);
        if (sixel != previous) {
          add_run(text, previous, length);
          previous = sixel;
          length = 0;
        }
        ++length;
      }
      add_run(text, previous, length);
      text += '$'; // back to the band's left end
    }
    text += '-'; // the next band
  }
  return text + "\x1b\\\n";
}

} // namespace tapestry::inline TAPESTRY_PRECISION
