// What operators are given, and what they name to the tape.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "autograd/base/pool.hpp"
#include "autograd/var.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// An operator's argument: a variable, and the line of the program that passed it.
///
/// Every operator takes its arguments by this type. A Var or a number becomes one on the way in,
/// and the default argument is evaluated where that happens, so even `a + b` knows its line.
class Operand : public Var {
public:
  Operand(const Var& x, Caller at = Caller::here()) : Var(x), caller_(at) {}
  Operand(double x, Caller at = Caller::here()) : Var(Tensor(static_cast<real>(x))), caller_(at) {}

  const Caller& caller() const { return caller_; }

private:
  Caller caller_;
};

/// Throws the ShapeError "matmul at ch05/mlp.cpp:31: (32, 100) x (128, 512): PROBLEM; (128, 512) is
/// "fc1.weight"". The line is the first operand's, or that of the layer around the operator.
[[noreturn]] void shape_error(const char* op, std::initializer_list<Operand> inputs,
                              const std::string& problem);

/// The non-negative number of axis `axis` of x, where -1 is the last; a ShapeError if it has none.
std::size_t checked_axis(const char* op, const Operand& x, int axis);

/// One of the inputs that an operator names to `record`: the variable itself, not a copy.
struct Input {
  Input(const Operand& x) : var(&x), caller(x.caller()) {}
  Input(const Var& x, Caller at = Caller::here()) : var(&x), caller(at) {}
  const Var* var;
  Caller caller;
};

/// All of them: `{a, b}`, or `{vars, caller}` for a list of any length.
class InputList {
public:
  InputList(std::initializer_list<Input> inputs) : all_(inputs.begin(), inputs.size()) {}
  InputList(std::span<const Var> vars, Caller at) {
    for (const Var& x : vars) listed_.emplace_back(x, at);
    all_ = listed_;
  }
  std::span<const Input> all() const { return all_; }

private:
  std::vector<Input, PoolAllocator<Input>> listed_;
  std::span<const Input> all_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
