#include "vision/images/contact_sheet.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <stb_easy_font.h>

#include "autograd/base/error.hpp"
#include "vision/images/resize.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

using CardColour = std::array<real, 3>;

// Pixels, but for the width of a line, which is in the font's own units.
constexpr std::size_t picture_side = 176, margin = 10, gap = 12;
constexpr std::size_t card_width = picture_side + 2 * margin;
constexpr std::size_t letter_scale = 2, line_height = 10 * letter_scale;
constexpr int line_width = static_cast<int>(picture_side / letter_scale);

constexpr CardColour table_colour{0.88f, 0.88f, 0.90f}, card_colour{1, 1, 1},
    edge_colour{0.78f, 0.78f, 0.80f};
constexpr CardColour dark{0.20f, 0.20f, 0.23f}, red_colour{0.80f, 0.08f, 0.10f};

int width_of(std::string text) { return stb_easy_font_width(text.data()); }

// The font has only ASCII, and looks other characters up past its end.
std::string printable(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text;
}

std::vector<std::string> wrapped(const std::string& text) {
  std::vector<std::string> lines{""};
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    std::string word = text.substr(at, end - at);
    at = end + 1;
    while (width_of(word) > line_width && word.size() > 1) { // wider than a line: cut
      std::size_t fits = word.size() - 1;
      while (fits > 1 && width_of(word.substr(0, fits)) > line_width) --fits;
      if (!lines.back().empty()) lines.emplace_back();
      lines.back() = word.substr(0, fits);
      word.erase(0, fits);
    }
    if (lines.back().empty())
      lines.back() = word;
    else if (width_of(lines.back() + " " + word) <= line_width)
      lines.back() += " " + word;
    else
      lines.push_back(word);
  }
  return lines;
}

void fill(Tensor& sheet, std::size_t top, std::size_t left, std::size_t height, std::size_t width,
          const CardColour& colour) {
  const std::size_t h = sheet.shape(1), w = sheet.shape(2);
  const std::size_t bottom = std::min(top + height, h), right = std::min(left + width, w);
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t y = top; y < bottom; ++y)
      for (std::size_t x = left; x < right; ++x) sheet.data()[(c * h + y) * w + x] = colour[c];
}

void draw_line(Tensor& sheet, std::size_t top, std::size_t left, std::string text,
               const CardColour& colour) {
  struct Corner { // as stb_easy_font writes them, four to a rectangle
    float x, y, z;
    unsigned char colour[4];
  };
  std::vector<Corner> corners(4 * 80 * (text.size() + 1));
  const int rectangles = stb_easy_font_print(0, 0, text.data(), nullptr, corners.data(),
                                             static_cast<int>(corners.size() * sizeof(Corner)));
  const auto pixels = [](float units) { return static_cast<std::size_t>(letter_scale * units); };
  for (std::size_t i = 0; i < static_cast<std::size_t>(rectangles); ++i) {
    const Corner& from = corners[4 * i];
    const Corner& to = corners[4 * i + 2];
    fill(sheet, top + pixels(from.y), left + pixels(from.x), pixels(to.y - from.y),
         pixels(to.x - from.x), colour);
  }
}

void paste(Tensor& sheet, std::size_t top, std::size_t left, const Tensor& picture) {
  const std::size_t h = sheet.shape(1), w = sheet.shape(2);
  const std::size_t height = picture.shape(1), width = picture.shape(2);
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t y = 0; y < height; ++y)
      std::copy_n(picture.data() + (c * height + y) * width, width,
                  sheet.data() + (c * h + top + y) * w + left);
}

// The longer side becomes picture_side, the shorter keeps the proportion.
Tensor fitted(const Tensor& picture) {
  const std::size_t h = picture.shape(1), w = picture.shape(2), longer = std::max(h, w);
  const auto scaled = [&](std::size_t n) {
    return std::max<std::size_t>(1, (n * picture_side + longer / 2) / longer);
  };
  return resize(picture, scaled(h), scaled(w));
}

void draw_card(Tensor& sheet, std::size_t top, std::size_t left, std::size_t height,
               const Captioned& item, const std::vector<std::string>& lines) {
  fill(sheet, top - 1, left - 1, height + 2, card_width + 2, edge_colour);
  fill(sheet, top, left, height, card_width, card_colour);
  const Tensor picture = fitted(item.picture);
  paste(sheet, top + margin + (picture_side - picture.shape(1)) / 2,
        left + margin + (picture_side - picture.shape(2)) / 2, picture);
  for (std::size_t i = 0; i < lines.size(); ++i)
    draw_line(sheet, top + 2 * margin + picture_side + i * line_height, left + margin, lines[i],
              item.good ? dark : red_colour);
}

} // namespace

Tensor contact_sheet(const std::vector<Captioned>& items, std::size_t columns) {
  if (items.empty() || columns == 0) throw ShapeError("contact_sheet: no picture or no column");
  for (const Captioned& item : items)
    if (item.picture.dimension() != 3 || item.picture.shape(0) != 3 || item.picture.size() == 0)
      throw ShapeError(fmt::format("contact_sheet: a picture of shape {}; expected (3, H, W)",
                                   to_string(item.picture.shape())));
  columns = std::min(columns, items.size());
  stb_easy_font_spacing(-0.5f); // of its global state; else letters stand too far apart

  // The longest caption of a row sets the height of the row's cards.
  std::vector<std::vector<std::string>> lines;
  std::vector<std::size_t> heights;
  std::size_t sheet_height = gap;
  for (std::size_t i = 0; i < items.size(); ++i) {
    lines.push_back(wrapped(printable(items[i].caption)));
    if (i % columns == 0) heights.push_back(0);
    heights.back() =
        std::max(heights.back(), 3 * margin + picture_side + lines[i].size() * line_height);
    if (i % columns == columns - 1 || i + 1 == items.size()) sheet_height += heights.back() + gap;
  }

  const std::size_t sheet_width = gap + columns * (card_width + gap);
  Tensor sheet = zeros({3, sheet_height, sheet_width});
  fill(sheet, 0, 0, sheet_height, sheet_width, table_colour);
  std::size_t top = gap;
  for (std::size_t i = 0; i < items.size(); ++i) {
    draw_card(sheet, top, gap + i % columns * (card_width + gap), heights[i / columns], items[i],
              lines[i]);
    if (i % columns == columns - 1) top += heights[i / columns] + gap;
  }
  return sheet;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
