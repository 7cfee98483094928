#include "picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace tapestry {
namespace {

constexpr std::array colours{"#2f6fa8", "#c8501e", "#3f8f4f", "#8a5fa8", "#a88a2f", "#555555"};

std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&')
      safe += "&amp;";
    else if (c == '<')
      safe += "&lt;";
    else if (c == '>')
      safe += "&gt;";
    else if (byte >= 0x20 && byte != 0x7f)
      safe += c;
  }
  return safe;
}

std::string page(double width, double height, const std::string& title, const std::string& body) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
      "height=\"{1:.0f}\" font-family=\"DejaVu Sans, sans-serif\" font-size=\"14\" "
      "fill=\"#333333\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
      "<text x=\"{2:.0f}\" y=\"28\" font-size=\"18\" "
      "text-anchor=\"middle\">{3}</text>\n{4}</svg>\n",
      width, height, width / 2, escaped(title), body);
}

std::string label(double x, double y, const std::string& anchor, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
                     escaped(text));
}

// A range with round ends, and the distance of its ticks: 1, 2 or 5 times a power of ten.
struct Axis {
  double low, high, tick;

  Axis(double least, double most) : low(least), high(most) {
    if (!(least < most)) low = least - 0.5, high = most + 0.5;
    const double rough = (high - low) / 5, power = std::pow(10, std::floor(std::log10(rough)));
    const double digit = rough / power;
    tick = power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
    low = std::floor(low / tick) * tick;
    high = std::ceil(high / tick) * tick;
  }
  double at(double value) const { return (value - low) / (high - low); }
};

// How wide a text is, in characters: bytes that begin one.
std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

} // namespace

std::string line_plot(const std::string& title, const std::string& x_name,
                      const std::string& y_name, const std::vector<Line>& lines) {
  constexpr double width = 800, height = 480, left = 80, right = 30, top = 80, bottom = 60;
  double x0 = 1e300, x1 = -1e300, y0 = 1e300, y1 = -1e300;
  for (const Line& line : lines)
    for (std::size_t i = 0; i < std::min(line.x.size(), line.y.size()); ++i)
      if (std::isfinite(line.x[i]) && std::isfinite(line.y[i])) {
        x0 = std::min(x0, line.x[i]), x1 = std::max(x1, line.x[i]);
        y0 = std::min(y0, line.y[i]), y1 = std::max(y1, line.y[i]);
      }
  if (x0 > x1) x0 = y0 = 0, x1 = y1 = 1;
  const Axis x(x0, x1), y(y0, y1);
  const auto at_x = [&](double v) { return left + x.at(v) * (width - left - right); };
  const auto at_y = [&](double v) { return height - bottom - y.at(v) * (height - top - bottom); };
  std::string body;
  for (double v = y.low; v <= y.high + y.tick / 2; v += y.tick) {
    body += fmt::format("<path d=\"M{:.1f} {:.1f}H{:.1f}\" stroke=\"#dddddd\"/>\n", left, at_y(v),
                        width - right);
    body += label(left - 8, at_y(v) + 5, "end", fmt::format("{:.4g}", v + 0.0));
  }
  for (double v = x.low; v <= x.high + x.tick / 2; v += x.tick)
    body += label(at_x(v), height - bottom + 22, "middle", fmt::format("{:.6g}", v + 0.0));
  body += label((left + width - right) / 2, height - 12, "middle", x_name);
  body += label(10, top - 12, "start", y_name);
  double legend = left + 150;
  for (std::size_t k = 0; k < lines.size(); ++k) {
    const char* colour = colours[k % colours.size()];
    std::string path;
    bool pen = false;
    for (std::size_t i = 0; i < std::min(lines[k].x.size(), lines[k].y.size()); ++i) {
      if (!std::isfinite(lines[k].x[i]) || !std::isfinite(lines[k].y[i])) {
        pen = false;
        continue;
      }
      path +=
          fmt::format("{}{:.1f} {:.1f}", pen ? "L" : "M", at_x(lines[k].x[i]), at_y(lines[k].y[i]));
      pen = true;
    }
    body += fmt::format("<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n", path,
                        colour);
    body += fmt::format("<path d=\"M{:.1f} {:.1f}h24\" stroke=\"{}\" stroke-width=\"3\"/>\n",
                        legend, top - 24, colour);
    body += label(legend + 30, top - 19, "start", lines[k].name);
    legend += 60 + 8.5 * static_cast<double>(characters(lines[k].name));
  }
  return page(width, height, title, body);
}

std::string heat_table(const std::string& title, const std::vector<std::string>& rows,
                       const std::vector<std::string>& columns, const std::vector<double>& values,
                       bool show) {
  constexpr double cell = 48, high = 28, top = 80;
  std::size_t longest = 1;
  for (const std::string& name : rows) longest = std::max(longest, characters(name));
  const double left = 20 + 9 * static_cast<double>(longest);
  std::string body;
  for (std::size_t c = 0; c < columns.size(); ++c)
    body += label(left + cell * (static_cast<double>(c) + 0.5), top - 8, "middle", columns[c]);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const double y = top + high * static_cast<double>(r);
    body += label(left - 8, y + 19, "end", rows[r]);
    double most = 0;
    for (std::size_t c = 0; c < columns.size(); ++c)
      most = std::max(most, values.at(r * columns.size() + c));
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const double v = values.at(r * columns.size() + c), x = left + cell * static_cast<double>(c);
      const double share = most > 0 ? std::sqrt(v / most) : 0; // small ones are to be seen as well
      body += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
                          "fill=\"#2f6fa8\" fill-opacity=\"{:.3f}\" stroke=\"#dddddd\"/>\n",
                          x, y, cell, high, share);
      if (show && v > 0)
        body += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" font-size=\"12\" fill=\"{}\" "
                            "text-anchor=\"middle\">{:.4g}</text>\n",
                            x + cell / 2, y + 18, share > 0.6 ? "#ffffff" : "#333333", v);
    }
  }
  return page(std::max(left + cell * static_cast<double>(columns.size()) + 30, 500.0),
              top + high * static_cast<double>(rows.size()) + 30, title, body);
}

std::string coloured_texts(const std::string& title, const std::vector<ColouredText>& texts,
                           std::size_t width) {
  constexpr double letter = 9, high = 24, left = 20;
  std::string body;
  double y = 60;
  for (const ColouredText& text : texts) {
    body += label(left, y + 14, "start", text.name);
    y += high;
    std::size_t at = 0;
    for (std::size_t i = 0; i < std::min(text.tokens.size(), text.values.size()); ++i) {
      const bool breaks = text.tokens[i] == "\n";
      const std::string shown = breaks ? "\u21b5" : text.tokens[i];
      const std::size_t n = characters(shown);
      if (at > 0 && at + n > width) at = 0, y += high;
      const double v = std::clamp(text.values[i], -1.0, 1.0),
                   x = left + letter * static_cast<double>(at);
      body += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
                          "fill=\"{}\" fill-opacity=\"{:.3f}\"/>\n",
                          x, y, letter * static_cast<double>(n), high - 2,
                          v > 0 ? "#c8501e" : "#2f6fa8", std::abs(v));
      body += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" font-family=\"DejaVu Sans Mono, "
                          "monospace\" textLength=\"{:.1f}\" xml:space=\"preserve\">{}</text>\n",
                          x, y + 16, letter * static_cast<double>(n), escaped(shown));
      at += n;
      if (breaks) at = 0, y += high;
    }
    y += high + 16;
  }
  return page(2 * left + letter * static_cast<double>(width), y + 10, title, body);
}

} // namespace tapestry
