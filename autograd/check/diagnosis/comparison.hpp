// The comparison of a gradient check: one function, one point, one random cotangent.
#pragma once

#include "autograd/check/diagnosis/subject.hpp"
#include "autograd/check/finite_difference.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::diagnosis {

class Comparison {
public:
  Comparison(Subject& subject, const GradcheckOptions& options, Rng rng)
      : subject_(subject), arguments_(subject.arguments()), options_(options), rng_(rng) {}

  /// Moves every argument a little, at random: off any kink it sat on.
  void move();
  GradcheckReport run();

  bool on_kink() const { return on_kink_; }
  /// Whether there is a wrong gradient, and not only nothing to compare.
  bool wrong() const { return wrong_; }
  /// Whether the output changes with the arguments, though the tape does not know it.
  bool detached() const { return detached_; }

private:
  std::string pull_back();
  std::string pull_back_again();
  bool added_up(std::size_t argument) const;
  Point elsewhere();
  Sample sample(Parameter& a, const Tensor& direction, double t) const;
  void compare(std::size_t argument, GradcheckReport& report);
  void compare_elsewhere(GradcheckReport& report);
  void compare_along(const Tensor& direction, std::size_t argument, std::string where,
                     GradcheckReport& report);

  Subject& subject_;
  std::vector<Parameter>& arguments_;
  const GradcheckOptions& options_;
  Rng rng_;
  std::vector<Tensor> gradients_, both_passes_;
  Tensor cotangent_, value_;
  double arriving_ = 0; // the sum of the cotangent's absolute values
  std::uint64_t branches_ = 0;
  bool on_kink_ = false, wrong_ = false, detached_ = false;
};

} // namespace tapestry::inline TAPESTRY_PRECISION::diagnosis
