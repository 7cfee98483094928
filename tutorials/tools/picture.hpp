// Pictures that a program draws at its end, as SVG: any browser shows them.
#pragma once

#include <string>
#include <vector>

namespace tapestry {

/// A curve: points from left to right, and what it is called. Points that are not finite are gaps.
struct Line {
  std::string name;
  std::vector<double> x, y;
};

/// Curves over one pair of axes, with a legend. An empty list gives axes alone.
std::string line_plot(const std::string& title, const std::string& x_name,
                      const std::string& y_name, const std::vector<Line>& lines);

/// A table whose cells are the darker, the larger their value is within their row; each shows its
/// number if `show` says so. values: rows.size() times columns.size(), row after row.
std::string heat_table(const std::string& title, const std::vector<std::string>& rows,
                       const std::vector<std::string>& columns, const std::vector<double>& values,
                       bool show = true);

/// Text whose tokens lie on colours: red where the value is 1, white at 0, blue at -1.
struct ColouredText {
  std::string name;
  std::vector<std::string> tokens;
  std::vector<double> values;
};
/// Each text under its name, broken into lines of at most `width` characters.
std::string coloured_texts(const std::string& title, const std::vector<ColouredText>& texts,
                           std::size_t width = 80);

} // namespace tapestry
