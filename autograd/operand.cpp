#include "autograd/operand.hpp"

#include <fmt/format.h>

#include "autograd/base/error.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

void shape_error(const char* op, std::initializer_list<Operand> inputs,
                 const std::string& problem) {
  std::string shapes, names;
  for (const Operand& x : inputs) {
    shapes += (shapes.empty() ? "" : " x ") + to_string(x.shape());
    if (!x.name().empty()) names += fmt::format("; {} is \"{}\"", to_string(x.shape()), x.name());
  }
  throw ShapeError(fmt::format("{} at {}: {}: {}{}", op, Inside::describe(inputs.begin()->caller()),
                               shapes, problem, names));
}

std::size_t checked_axis(const char* op, const Operand& x, int axis) {
  const int rank = static_cast<int>(x.rank());
  if (axis < -rank || axis >= rank) shape_error(op, {x}, fmt::format("there is no axis {}", axis));
  return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
