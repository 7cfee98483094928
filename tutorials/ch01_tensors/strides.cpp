// One block of numbers, seen through shapes and strides: where an entry lies, and what a view is.
#include <set>
#include <stdexcept>
#include <string>

#include <fmt/ranges.h>

#include "autograd/xt.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

// A row of the table: shape, strides, the place of the first entry, and the entries row by row.
template <class View> void show(const char* name, const View& v) {
  fmt::print("{:<29}{:<9}{:<9}{:>5}   ", name, fmt::format("({})", fmt::join(v.shape(), ", ")),
             fmt::format("({})", fmt::join(v.strides(), ", ")), v.data_offset());
  const std::size_t row = v.shape().back();
  std::size_t n = 0;
  for (real entry : v) fmt::print("{}{}", n == 0 ? "" : n % row == 0 ? " | " : " ", entry), ++n;
  fmt::print("\n");
}

//> row-major
// The strides of a block whose last axis lies side by side: 1 for the last axis, and for every
// other one the number of entries that one step of it passes over.
Shape row_major_strides(const Shape& shape) {
  Shape strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;)
    strides[axis - 1] = strides[axis] * shape[axis];
  return strides;
}
//< row-major

// Counts how often i s0 + j s1 + k s2 is where x(i, j, k) lies.
void check_the_formula() {
  Tensor x = zeros({4, 3, 2});
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<real>(i);
  const Shape s = row_major_strides(x.shape());
  std::size_t right = 0;
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      for (std::size_t k = 0; k < 2; ++k)
        right += x(i, j, k) == x.data()[i * s[0] + j * s[1] + k * s[2]];
  fmt::print("A tensor of shape {} has strides {}; the formula finds {} of {} entries\n",
             to_string(x.shape()), to_string(s), right, x.size());
}

// How many cache lines of 64 bytes hold `count` numbers that lie `stride` apart.
std::size_t cache_lines(std::size_t count, std::size_t stride) {
  std::set<std::size_t> lines;
  for (std::size_t i = 0; i < count; ++i) lines.insert(i * stride * sizeof(real) / 64);
  return lines.size();
}

// The figure: entries with their places, one colour a row of x.
template <class View>
std::string table(const char* name, const char* title, const View& v, bool with_strides = true) {
  std::string rows;
  for (std::size_t i = 0; i < v.shape()[0]; ++i) {
    rows += "<tr>";
    for (std::size_t j = 0; j < v.shape()[1]; ++j) {
      const std::ptrdiff_t at = v.strides()[0] * static_cast<std::ptrdiff_t>(i) +
                                v.strides()[1] * static_cast<std::ptrdiff_t>(j);
      rows += fmt::format("<td bgcolor=\"#{:06x}\">{}<br/><font point-size=\"8\">at {}</font></td>",
                          at / 3 + 1, v(i, j), at);
    }
    rows += "</tr>";
  }
  return fmt::format("  {} [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" "
                     "cellpadding=\"6\">{}<tr><td border=\"0\" colspan=\"9\">{}{}</td></tr>"
                     "</table>>];\n",
                     name, rows, title,
                     with_strides ? fmt::format("<br/>strides ({})", fmt::join(v.strides(), ", "))
                                  : "");
}

std::string drawing(const Tensor& x) {
  return "digraph memory {\n  rankdir=LR;\n  ranksep=0.5;\n  node [shape=plain];\n"
         "  edge [style=invis];\n" +
         table("x", "x", x) + table("memory", "memory", reshaped(x, {1, x.size()}), false) +
         table("transposed", "transpose(x)", xt::transpose(x)) +
         "  x -> memory -> transposed;\n}\n";
}

} // namespace

int main() {
  //> tensor
  Tensor x{{10, 20, 30}, {40, 50, 60}};
  //< tensor
  //> views
  auto column = xt::view(x, xt::all(), 1);
  auto every_other = xt::view(x, xt::all(), xt::range(0, 3, 2));
  auto flipped = xt::flip(x, 1);
  auto transposed = xt::transpose(x);
  //< views

  fmt::print("{:<29}{:<9}{:<9}{:>5}   {}\n", "view", "shape", "strides", "first", "entries");
  show("x", x);
  show("transpose(x)", transposed);
  show("view(x, all, 1)", column);
  show("view(x, 1, all)", xt::view(x, 1, xt::all()));
  show("view(x, all, range(0, 3, 2))", every_other);
  show("flip(x, 1)", flipped);

  //> write
  column(0) = 99; // no copy was made: this is x(0, 1)
  //< write
  fmt::print("\nAfter column(0) = 99:\n");
  show("x", x);
  show("transpose(x)", transposed);

  fmt::print("\n");
  check_the_formula();
  fmt::print("\nOutside of (2, 3): without a check, entry (0, 5) is {}; x.at(0, 5) ",
             x.unchecked(0, 5));
  try {
    fmt::print("= {}\n", x.at(0, 5));
  } catch (const std::out_of_range&) {
    fmt::print("throws std::out_of_range\n");
  }

  fmt::print("\nA 512 x 512 matrix of floats, in cache lines of 64 bytes:\n");
  fmt::print("  512 entries of a row    lie in {:>3} lines\n", cache_lines(512, 1));
  fmt::print("  512 entries of a column lie in {:>3} lines\n", cache_lines(512, 512));

  keep("strides.dot", drawing({{10, 20, 30}, {40, 50, 60}}));
}
