// Where a translator looked, as a picture.
#pragma once

#include <csignal>
#include <cstdio>
#include <stdexcept>
#include <string>

#include <sys/wait.h>

#include <fmt/format.h>

#include "text/models/alignment.hpp"

namespace tapestry {

/// What gnuplot reads: a line of source words, then a line for each target word.
inline std::string as_table(const Alignment& a) {
  const auto quoted = [](const std::string& word) { // as gnuplot reads it
    std::string safe;
    for (const char c : word) safe += c == '"' ? "'" : c == '\\' ? "\\\\" : std::string(1, c);
    return "\"" + safe + "\"";
  };
  std::string table = "\"\"";
  for (const std::string& word : a.source) table += "\t" + quoted(word);
  table += "\n";
  for (std::size_t t = 0; t < a.target.size(); ++t) {
    table += quoted(a.target[t]);
    for (const double w : a.weights[t]) table += fmt::format("\t{:.3f}", w);
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
  const std::size_t columns = a.source.size(), rows = a.target.size();
  const std::string script = fmt::format(
      "set encoding utf8\nset terminal {} size {},{} noenhanced background 'white'\n"
      "set output '{}'\nset palette defined (0 'white', 1 '#2f6fa8')\nset cbrange [0:1]\n"
      "unset colorbox\nset xtics rotate by 60 right scale 0\nset ytics scale 0\n"
      "set xrange [-0.5:{}.5]\nset yrange [{}.5:-0.5]\n$weights << END\n{}END\n"
      "plot $weights matrix rowheaders columnheaders with image pixels notitle\n",
      png ? "pngcairo" : "svg", 160 + 46 * columns, 140 + 34 * rows, path, columns - 1, rows - 1,
      as_table(a));
  // Where there is no gnuplot, writing to it must not end the program.
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  std::FILE* gnuplot = popen("exec gnuplot > /dev/null 2>&1", "w");
  if (gnuplot) std::fputs(script.c_str(), gnuplot);
  const int status = gnuplot ? pclose(gnuplot) : -1;
  std::signal(SIGPIPE, before);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
    throw std::runtime_error(path + ": gnuplot, which draws it, is not there");
  if (status != 0) throw std::runtime_error(path + ": gnuplot did not draw it; can it be written?");
}

} // namespace tapestry
