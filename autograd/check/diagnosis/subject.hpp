// The function under a gradient check, as an experimenter handles it: set its arguments, call it,
// pull a cotangent back.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "autograd/check/gradcheck.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {

using Point = std::vector<Tensor>; ///< a value for every argument
using Function = std::function<Var(const std::vector<Var>&)>;

/// A pull-back threw, or left a gradient of the wrong shape.
struct BrokenPullBack : std::runtime_error {
  std::string operation; ///< "matmul at ch05_modules/mlp.cpp:31"
  Shape wanted, got;     ///< the input's shape and the gradient's, where they are known
  Shape output;          ///< of the operator
  std::vector<Shape> inputs;

  BrokenPullBack(std::string where, const std::string& problem)
      : std::runtime_error("the pull-back of " + where + ": " + problem), operation(where) {}
};

class Subject {
public:
  /// f must outlive it.
  Subject(const Function& f, const std::vector<GradcheckInput>& inputs,
          const std::vector<Parameter>& parameters);
  /// Puts parameters back: their values, and gradients of zeros.
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  /// The inputs, then the parameters.
  std::vector<Parameter>& arguments() { return arguments_; }
  /// "argument 2", or "\"weight\"".
  std::string name(std::size_t argument) const;
  /// The same for an input of an operator, if it is an argument; else "input 2", or its name.
  std::string name(const Var& input, std::size_t number) const;
  /// Where the caller put it.
  const Point& home() const { return home_; }
  Point point() const;
  void move_to(const Point& point);

  /// f where the arguments are now, on the tape that is open.
  Var call() const;
  /// From now on value() and pull_back() take this record's output for that of f.
  void watch(std::optional<std::size_t> record) { watched_ = record; }

  /// The output; into `branches` goes a hash of the sides that it took at kinks.
  Tensor value(std::uint64_t* branches = nullptr) const;
  /// The gradients of all arguments. With `between`, f is called there before the tape is walked
  /// back, which must not change anything.
  std::vector<Tensor> pull_back(const Tensor& cotangent, const Point* between = nullptr);
  void call_at(const Point& point);
  std::vector<Tensor> gradients() const;
  /// Variables and parameters that f puts on the tape beside its arguments: "w", "b".
  std::vector<std::string> strangers() const;

private:
  const Function& f_;
  std::vector<Parameter> arguments_;
  std::size_t inputs_;
  Point home_;
  std::optional<std::size_t> watched_;
};

/// tape.backward(y, cotangent), but what a pull-back throws becomes a BrokenPullBack.
void walk_back(Tape& tape, const Var& y, const Tensor& cotangent);

/// <c, y>, added up in double. Where c is 0, y does not count, not even if it is NaN.
double contract(const Tensor& c, const Tensor& y);

/// "mine at ch03_operators/gelu.cpp:12"
std::string where(const Tape::Line& line);

/// "[2, 0]"
std::string index_text(std::size_t flat, const Shape& shape);

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
