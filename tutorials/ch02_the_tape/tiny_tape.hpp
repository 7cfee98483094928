// A tape of single numbers: the whole idea on one screen.
#pragma once

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace tiny {

//> lines
struct Edge {
  std::size_t from; // an earlier line
  double slope;     // d(this line) / d(that line)
};
struct Line {
  double value;
  std::vector<Edge> edges; // none: an input
  double grad = 0;
};
inline std::vector<Line> tape;

struct Number { // what a program computes with: the place of a line
  std::size_t line;
  double value() const { return tape[line].value; }
};
//< lines

//> operators
inline Number write(double value, std::vector<Edge> edges = {}) {
  tape.push_back({value, std::move(edges)});
  return {tape.size() - 1};
}
inline Number operator+(Number a, Number b) {
  return write(a.value() + b.value(), {{a.line, 1}, {b.line, 1}});
}
inline Number operator*(Number a, Number b) {
  return write(a.value() * b.value(), {{a.line, b.value()}, {b.line, a.value()}});
}
inline Number tanh(Number a) {
  const double t = std::tanh(a.value());
  return write(t, {{a.line, 1 - t * t}});
}
//< operators

//> backward
inline void backward(Number z) {
  tape[z.line].grad = 1;
  for (std::size_t i = z.line + 1; i-- > 0;)
    for (const auto& [from, slope] : tape[i].edges) tape[from].grad += slope * tape[i].grad;
}
//< backward

} // namespace tiny
