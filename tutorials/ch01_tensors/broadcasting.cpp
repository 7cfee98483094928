// Broadcasting: a small tensor is read again and again along the axes it lacks.
#include <string>

#include <fmt/ranges.h>

#include "autograd/xt.hpp"
#include "keep.hpp"

using namespace tapestry;

namespace {

void show_rule(const Shape& a, const Shape& b) {
  std::string result;
  try {
    result = to_string(Tensor(zeros(a) + zeros(b)).shape());
  } catch (const xt::broadcast_error&) {
    result = "xt::broadcast_error";
  }
  fmt::print("  {:<14} {:<14} {}\n", to_string(a), to_string(b), result);
}

//> broadcast-strides
// The strides with which a tensor of shape `small` is read as one of shape `big`: 0 along every
// axis that is repeated, so that a step along it stays where it is.
Shape broadcast_strides(const Shape& small, const Shape& big) {
  Shape strides(big.size(), 0);
  std::size_t stride = 1;
  for (std::size_t k = 1; k <= small.size(); ++k) { // from the last axis
    const std::size_t size = small[small.size() - k];
    strides[big.size() - k] = size == 1 ? 0 : stride;
    stride *= size;
  }
  return strides;
}
//< broadcast-strides

// Reads x as if it had the shape `big`, by strides alone.
Tensor read_as(const Tensor& x, const Shape& big) {
  const Shape strides = broadcast_strides(x.shape(), big);
  Tensor out = zeros(big);
  for (std::size_t i = 0; i < big[0]; ++i)
    for (std::size_t j = 0; j < big[1]; ++j) out(i, j) = x.data()[i * strides[0] + j * strides[1]];
  return out;
}

void show_strides(const Tensor& x, const Shape& big) {
  const Tensor by_xtensor = xt::broadcast(x, big);
  fmt::print("  {:<12} as {:<10} strides {:<10} reads as xtensor does: {}\n", to_string(x.shape()),
             to_string(big), to_string(broadcast_strides(x.shape(), big)),
             read_as(x, big) == by_xtensor ? "yes" : "no");
}

// The figure: entries that are there are filled, repeated ones are not.
std::string table(const char* name, const Tensor& x, const Shape& big, int color) {
  const Tensor read = read_as(x, big);
  const Shape strides = broadcast_strides(x.shape(), big);
  std::string html;
  for (std::size_t i = 0; i < big[0]; ++i) {
    html += "<tr>";
    for (std::size_t j = 0; j < big[1]; ++j) {
      const bool repeated = (i > 0 && strides[0] == 0) || (j > 0 && strides[1] == 0);
      html += fmt::format("<td{}>{}</td>",
                          repeated ? "" : fmt::format(" bgcolor=\"#{:06x}\"", color), read(i, j));
    }
    html += "</tr>";
  }
  return fmt::format("  {} [label=<<table border=\"0\" cellborder=\"1\" cellspacing=\"0\" "
                     "cellpadding=\"6\">{}</table>>];\n",
                     name, html);
}

std::string drawing(const Tensor& a, const Tensor& b, const Shape& big) {
  return "digraph broadcast {\n  rankdir=LR;\n  nodesep=0.1;\n  ranksep=0.15;\n"
         "  node [shape=plain];\n  edge [style=invis];\n"
         "  plus [label=\"+\"];\n  equals [label=\"=\"];\n" +
         table("a", a, big, 1) + table("b", b, big, 2) + table("sum", a + b, big, 3) +
         "  a -> plus -> b -> equals -> sum;\n}\n";
}

} // namespace

int main() {
  fmt::print("  {:<14} {:<14} {}\n", "a", "b", "a + b");
  show_rule({32, 512}, {512});
  show_rule({3, 1}, {4});
  show_rule({8, 1, 6, 1}, {7, 1, 5});
  show_rule({}, {2, 3});
  show_rule({3}, {3, 1});
  show_rule({32, 512}, {32});
  show_rule({2, 3}, {3, 2});

  //> sum
  const Tensor a = reshaped({10, 20, 30}, {3, 1});
  const Tensor b{1, 2, 3, 4};
  const Tensor sum = a + b; // (3, 1) + (4) -> (3, 4)
  //< sum
  fmt::print("\n");
  show_strides(a, {3, 4});
  show_strides(b, {3, 4});
  show_strides(Tensor(7), {3, 4});

  //> centre
  const Tensor x{{1, 3}, {10, 30}};                    // (2, 2)
  const Tensor mean = xt::mean(x, {1}, xt::keep_dims); // (2, 1)
  const Tensor centred = x - mean;                     // each row minus its mean
  const Tensor lost = xt::mean(x, {1});                // (2)
  const Tensor wrong = x - lost;                       // each column minus some row's mean
  //< centre
  fmt::print("\nRows minus their means, 2 and 20:\n");
  fmt::print("  {} - {}: {}\n", to_string(x.shape()), to_string(mean.shape()),
             fmt::join(centred, " "));
  fmt::print("  {} - {}: {}\n", to_string(x.shape()), to_string(lost.shape()),
             fmt::join(wrong, " "));

  keep("broadcasting.dot", drawing(a, b, sum.shape()));
}
