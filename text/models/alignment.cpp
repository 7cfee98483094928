#include "text/models/alignment.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "text/tokens/unicode.hpp"

namespace tapestry {

std::string fault_of(const Alignment& a) {
  if (a.weights.empty()) return {};
  if (a.weights.size() != a.target.size())
    return fmt::format("{} rows of weights for {} target pieces", a.weights.size(),
                       a.target.size());
  for (std::size_t t = 0; t < a.weights.size(); ++t) {
    const std::vector<double>& row = a.weights[t];
    if (row.size() != a.source.size())
      return fmt::format("row {} has {} weights for {} source pieces", t + 1, row.size(),
                         a.source.size());
    double sum = 0;
    for (const double w : row) {
      if (!(w >= 0 && w <= 1))
        return fmt::format("row {} has a weight of {}; expected 0 to 1", t + 1, w);
      sum += w;
    }
    if (std::abs(sum - 1) > 1e-3)
      return fmt::format("the weights of row {} sum to {:.4g}; expected 1", t + 1, sum);
  }
  return {};
}

std::string in_blocks(const Alignment& a, std::size_t columns) {
  if (const std::string fault = fault_of(a); !fault.empty())
    throw std::invalid_argument("in_blocks: " + fault);
  if (a.weights.empty()) return {};
  std::size_t width = 0;
  for (const std::string& piece : a.target) width = std::max(width, display_width(piece));
  const std::size_t n = a.source.size();
  std::size_t block = 3;
  while (block > 1 && width + 2 + block * n > columns) --block;

  static constexpr std::array shades{" ", "░", "▒", "▓", "█"};
  std::string text;
  for (std::size_t t = 0; t < a.target.size(); ++t) {
    text += std::string(width - display_width(a.target[t]), ' ') + a.target[t] + "  ";
    for (const double w : a.weights[t])
      for (std::size_t k = 0; k < block; ++k)
        text += shades[static_cast<std::size_t>(std::lround(4 * w))];
    text += '\n';
  }

  std::string numbers(width + 2 + block * n + 3, ' '), names;
  const std::size_t every = block == 3 && n < 100 ? 1 : 5; // else numbers would touch
  std::size_t line = 0;                                    // columns of the last line of names
  for (std::size_t j = 0; j < n; ++j) {
    const std::string number = fmt::format("{}", j + 1), name = number + " " + a.source[j];
    const std::size_t indent = block == 3 && number.size() == 1 ? 1 : 0;
    if ((j + 1) % every == 0)
      numbers.replace(width + 2 + block * j + indent, number.size(), number);
    const std::size_t w = display_width(name);
    const bool goes_on = line > 0 && line + 2 + w <= columns;
    names += (goes_on ? "  " : line > 0 ? "\n" : "") + name;
    line = goes_on ? line + 2 + w : w;
  }
  numbers.resize(numbers.find_last_not_of(' ') + 1);
  return text + numbers + "\n" + names + "\n";
}

} // namespace tapestry
