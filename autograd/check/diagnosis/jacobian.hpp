// Whole Jacobians: what a gradient check contracts with one random cotangent, seen entry by entry.
#pragma once

#include <functional>
#include <vector>

#include "autograd/check/diagnosis/subject.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {

/// d(output) / d(argument): a row for every entry of the output, a column for every entry of the
/// argument.
struct Jacobian {
  Shape output, argument;
  std::size_t rows = 0, columns = 0;
  /// False for large ones: rows are random combinations then, and columns a sample.
  bool whole = true;
  std::vector<double> entries; ///< row by row
  std::vector<double> errors;  ///< how far each may be off

  double operator()(std::size_t r, std::size_t c) const { return entries[r * columns + c]; }
  double largest() const;

  /// Entry (r, c) becomes what `from` says: a factor times an entry of this one.
  struct Source {
    std::size_t row, column;
    double factor;
  };
  Jacobian made_of(const std::function<Source(std::size_t r, std::size_t c)>& from) const;
};

/// The size that two numbers of a comparison may differ by.
double tolerance(const Jacobian& a, const Jacobian& b, std::size_t r, std::size_t c);
/// Whether all entries agree.
bool equal(const Jacobian& a, const Jacobian& b);
/// Whether they agree in the columns that `only` chooses.
bool equal(const Jacobian& a, const Jacobian& b, const std::function<bool(std::size_t c)>& only);

/// A function at a point: its output, and for every argument both Jacobians.
struct Look {
  Subject* subject;
  Point point;
  Tensor output;
  std::vector<std::vector<std::size_t>> columns; ///< of every argument, those that were taken
  std::vector<Tensor> cotangents; ///< the rows, unless each is an entry of the output
  std::vector<Jacobian> numeric, analytic;
  std::vector<Tensor> known; ///< arguments, output, and inputs of the operator that is to blame
  std::vector<std::string> known_names;

  bool wrong(std::size_t argument) const { return !equal(numeric[argument], analytic[argument]); }
};

/// The rows and columns to compare at a point.
Look look_at(Subject& subject, const Point& point, Rng& rng);

// Jacobians with the rows and columns of `look`, at another point of the same shapes. The numeric
// one in `only` columns if given (the others are 0).
Jacobian numeric_jacobian(const Look& look, const Point& point, std::size_t argument,
                          const std::vector<std::size_t>& only = {});
std::vector<Jacobian> analytic_jacobians(const Look& look, const Point& point);

/// Whether everything is finite there.
bool finite(const Jacobian& j);

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
