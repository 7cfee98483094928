// The comparison of a gradient check: one function, one point, one random cotangent.
#pragma once

#include <exception>

#include "autograd/check/diagnosis/subject.hpp"
#include "autograd/check/finite_difference.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {

class Comparison {
public:
  Comparison(Subject& subject, const GradcheckOptions& options, Rng rng)
      : subject_(subject), arguments_(subject.arguments()), options_(options), rng_(rng) {}

  /// Moves every argument a little, at random: off any kink it sat on. Numbers keep their signs
  /// and sizes, for the sake of logarithms and roots, unless that did not help `before`.
  void move(bool before);
  /// If only another point shows a difference, the subject is left there.
  GradcheckReport run();

  bool on_kink() const { return on_kink_; }
  /// Whether there is a wrong gradient, and not only nothing to compare.
  bool wrong() const { return wrong_; }
  /// Whether the output changes with the arguments, though the tape does not know it.
  bool detached() const { return detached_; }

private:
  std::string pull_back();
  std::string pull_back_again();
  /// What a pass with another cotangent leaves wrong in the gradient of an argument, in words.
  std::string not_linear(std::size_t argument) const;
  Sample sample(Parameter& a, const Tensor& direction, double t);
  void compare(std::size_t argument, GradcheckReport& report);
  void compare_along(const Tensor& direction, std::size_t argument, std::string where,
                     GradcheckReport& report);
  const std::vector<Tensor>& blurred();
  Difference measure(const Probe& f, double analytic, double size);
  std::string reaches_nothing(std::size_t argument) const;

  // elsewhere.cpp
  Point elsewhere();
  void compare_elsewhere(GradcheckReport& report);
  void compare_at(const Point& point, bool in_report, GradcheckReport& report);

  Subject& subject_;
  std::vector<Parameter>& arguments_;
  const GradcheckOptions& options_;
  Rng rng_;
  /// Of the first pass; of a second on top of it; of one with a large and one with a small
  /// cotangent.
  std::vector<Tensor> gradients_, both_passes_, of_large_, of_small_, blurred_;
  Tensor cotangent_, value_;
  double arriving_ = 0;       ///< the sum of the cotangent's absolute values
  double weight_ = 0;         ///< the same, each times the output's entry
  std::exception_ptr thrown_; ///< by f, at a point near the one that is checked
  bool returned_ = false;     ///< whether f has returned at any
  std::uint64_t branches_ = 0;
  bool on_kink_ = false, wrong_ = false, detached_ = false;
};

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
