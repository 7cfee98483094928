#include "autograd/var.hpp"

#include <cstring>

#include <fmt/format.h>

#include "autograd/base/error.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

std::size_t Var::size(int axis, Caller at) const {
  return shape()[checked_axis("size", {*this, at}, axis)];
}

real Var::item(Caller at) const {
  if (value().size() != 1) shape_error("item", {{*this, at}}, "expected a tensor of one entry");
  return value().data()[0];
}

//> gradient
Tensor& Var::grad() const {
  if (!node_->has_grad) {
    if (node_->grad && node_->grad->shape() == shape())
      std::fill_n(node_->grad->data(), node_->grad->size(), real{0}); // its memory is reused
    else
      node_->grad = zeros(shape());
    node_->has_grad = true;
  }
  return *node_->grad;
}
//< gradient

void Var::zero_grad() const { node_->has_grad = false; }

Var variable(Tensor value, std::string name) {
  Var x(std::move(value));
  x.node_->needs_grad = true;
  x.node_->name = std::move(name);
  return x;
}

std::string to_string(const Caller& caller) {
  const char* start = caller.file; // keep the last folder and the file
  int slashes = 0;
  for (const char* c = caller.file + std::strlen(caller.file); c != caller.file; --c)
    if (*c == '/' && ++slashes == 2) {
      start = c + 1;
      break;
    }
  return fmt::format("{}:{}", start, caller.line);
}

void shape_error(const char* op, std::initializer_list<Operand> inputs,
                 const std::string& problem) {
  std::string shapes, names;
  for (const Operand& x : inputs) {
    shapes += (shapes.empty() ? "" : " x ") + to_string(x.shape());
    if (!x.name().empty()) names += fmt::format("; {} is \"{}\"", to_string(x.shape()), x.name());
  }
  throw ShapeError(fmt::format("{} at {}: {}: {}{}", op, to_string(inputs.begin()->caller()),
                               shapes, problem, names));
}

std::size_t checked_axis(const char* op, const Operand& x, int axis) {
  const int rank = static_cast<int>(x.rank());
  if (axis < -rank || axis >= rank) shape_error(op, {x}, fmt::format("there is no axis {}", axis));
  return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
