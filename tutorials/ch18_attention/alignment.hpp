// Where a translator looked: weights of source words for each target word, to be looked at.
#pragma once

#include <algorithm>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

namespace tapestry {

struct Alignment {
  std::vector<std::string> source, target;
  std::vector<std::vector<double>> weights; ///< of each target word: one for each source word
};

/// For a terminal: a row for each target word, a column for each source word, which stand numbered
/// below.
inline std::string in_blocks(const Alignment& a) {
  static const std::vector<std::string> blocks{" ", "░", "▒", "▓", "█"};
  std::size_t width = 0;
  for (const std::string& word : a.target) width = std::max(width, word.size());
  std::string text;
  for (std::size_t t = 0; t < a.target.size(); ++t) {
    text += fmt::format("{:>{}}  ", a.target[t], width);
    for (const double w : a.weights[t]) {
      const std::string& block =
          blocks[static_cast<std::size_t>(std::clamp(w, 0.0, 0.999) * static_cast<double>(5))];
      text += block + block + block;
    }
    text += "\n";
  }
  text += fmt::format("{:>{}}  ", "", width);
  for (std::size_t j = 0; j < a.source.size(); ++j) text += fmt::format("{:^3}", j + 1);
  text += "\n";
  for (std::size_t j = 0; j < a.source.size(); ++j)
    text += fmt::format("{}{} {}", j ? "  " : "", j + 1, a.source[j]);
  return text + "\n";
}

/// What gnuplot reads: a line of source words, then a line for each target word.
inline std::string as_table(const Alignment& a) {
  const auto quoted = [](std::string word) {
    std::replace(word.begin(), word.end(), '"', '\'');
    return "\"" + word + "\"";
  };
  std::string table = "\"\"";
  for (const std::string& word : a.source) table += " " + quoted(word);
  table += "\n";
  for (std::size_t t = 0; t < a.target.size(); ++t) {
    table += quoted(a.target[t]);
    for (const double w : a.weights[t]) table += fmt::format(" {:.3f}", w);
    table += "\n";
  }
  return table;
}

/// A picture by gnuplot, PNG or SVG as the path's ending says; a std::runtime_error for another
/// ending, and if gnuplot is not there or fails.
inline void draw(const Alignment& a, const std::string& path) {
  const bool png = path.ends_with(".png");
  if (!png && !path.ends_with(".svg"))
    throw std::runtime_error(path + ": expected a name that ends in .png or .svg");
  if (path.find('\'') != path.npos)
    throw std::runtime_error(path + ": expected a name without quotation marks");
  const auto close = [](std::FILE* pipe) { return pclose(pipe); };
  std::unique_ptr<std::FILE, decltype(close)> gnuplot(popen("gnuplot", "w"), close);
  if (!gnuplot) throw std::runtime_error("gnuplot cannot be started");
  const std::size_t columns = a.source.size(), rows = a.target.size();
  const std::string script = fmt::format("set terminal {} size {},{} enhanced noenhanced\nset "
                                         "output '{}'\nset palette defined (0 'white', 1 "
                                         "'#2f6fa8')\nset cbrange [0:1]\nunset colorbox\nset xtics "
                                         "rotate by 60 right scale 0\nset ytics "
                                         "scale 0\nset xrange [-0.5:{}.5]\nset yrange "
                                         "[{}.5:-0.5]\n$weights << END\n{}END\nplot $weights "
                                         "matrix rowheaders columnheaders with image notitle\n",
                                         png ? "pngcairo" : "svg", 160 + 46 * columns,
                                         140 + 34 * rows, path, columns - 1, rows - 1, as_table(a));
  std::fputs(script.c_str(), gnuplot.get());
  if (pclose(gnuplot.release()) != 0) throw std::runtime_error(path + ": gnuplot did not draw it");
}

} // namespace tapestry
