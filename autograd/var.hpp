// Variables: shared handles on a value and its gradient.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// A place in the caller's source.
struct Caller {
  const char* file;
  int line;

  static constexpr Caller here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
};

/// "ch05_modules/mlp.cpp:31"
std::string to_string(const Caller& caller);

/// A value, its gradient, and nothing of how it was computed: that stands on the tape. Copies are
/// handles on the same value and gradient.
class Var {
public:
  Var() : Var(Tensor{}) {}
  /// A constant: no gradient flows into it.
  explicit Var(Tensor value)
      : node_(std::allocate_shared<Node>(PoolAllocator<Node>{}, std::move(value))) {}

  const Tensor& value() const { return node_->value; }
  const Shape& shape() const { return node_->value.shape(); }
  /// The size of one axis; -1 is the last.
  std::size_t size(int axis, Caller at = Caller::here()) const;
  /// The number of axes.
  std::size_t rank() const { return shape().size(); }
  /// The value of a tensor of one entry.
  real item(Caller at = Caller::here()) const;

  /// d(loss)/d(this), of the value's shape: zeros until a pull-back adds to it.
  Tensor& grad() const;
  /// Whether any pull-back has reached this variable since the last `zero_grad()`.
  bool has_grad() const { return node_->has_grad; }
  /// Whether a gradient is wanted here: a parameter, or computed from one.
  bool needs_grad() const { return node_->needs_grad; }
  /// Back to no gradient: zeros, if anyone asks.
  void zero_grad() const;

  /// The name that errors and pictures of the tape show; empty for intermediate values.
  const std::string& name() const { return node_->name; }

protected:
  friend class Tape;
  friend Var variable(Tensor value, std::string name);

  struct Node {
    explicit Node(Tensor&& v) : value(std::move(v)) {}
    Tensor value;
    std::optional<Tensor> grad; // not before it is asked for; then kept, to be used again
    bool has_grad = false;
    bool needs_grad = false;
    std::uint64_t tape = 0; // the tape that recorded it; 0: none
    std::size_t record = 0; // its line there
    std::string name;
  };
  std::shared_ptr<Node> node_;
};

/// A value that the gradient stops at.
inline Var constant(Tensor value) { return Var(std::move(value)); }
/// A value whose gradient is wanted. `name` is for errors and pictures.
Var variable(Tensor value, std::string name = "");

/// A variable that training changes. It outlives tapes; its gradient adds up until `zero_grad()`.
class Parameter : public Var {
public:
  Parameter() = default;
  Parameter(std::string name, Tensor value) : Var(std::move(value)) {
    node_->needs_grad = true;
    node_->name = std::move(name);
  }

  using Var::value;
  Tensor& value() { return node_->value; }
  void rename(std::string name) const { node_->name = std::move(name); }
};

/// An operator's argument: a variable, and the line of the program that passed it.
///
/// Every operator takes its arguments by this type. A Var or a number becomes one on the way in,
/// and the default argument is evaluated where that happens, so even `a + b` knows its line. Inside
/// an operator an Operand is passed on as it is, and the line stays the caller's.
class Operand : public Var {
public:
  Operand(const Var& x, Caller at = Caller::here()) : Var(x), caller_(at) {}
  Operand(double x, Caller at = Caller::here()) : Var(Tensor(static_cast<real>(x))), caller_(at) {}

  const Caller& caller() const { return caller_; }

private:
  Caller caller_;
};

/// Throws the ShapeError "matmul at ch05/mlp.cpp:31: (32, 100) x (128, 512): PROBLEM; (128, 512) is
/// "fc1.weight"". The line is the first operand's.
[[noreturn]] void shape_error(const char* op, std::initializer_list<Operand> inputs,
                              const std::string& problem);

/// The non-negative number of axis `axis` of x, where -1 is the last; a ShapeError if it has none.
std::size_t checked_axis(const char* op, const Operand& x, int axis);

} // namespace tapestry::inline TAPESTRY_PRECISION
