// The gradient check: pull-backs against finite differences.
//
//   gradcheck([&](auto x, auto w) { return tanh(matmul(x, w)); }, {x, w})
//
// f may have an output of any shape. It is contracted with a random cotangent c, and d<c, f(x)>/dx
// is compared entry by entry. With c = 1, as in sum(f(x)), whole families of wrong pull-backs pass:
// a softmax sums to one whatever its gradient.
//
// A check that compares nothing proves nothing. An output that depends on no argument, an argument
// that reaches no output, a function that changes from call to call, a point on a kink: each is
// reported, and none passes. A second backward pass on top of the first shows a pull-back that
// writes `=` for `+=`, and one that is not linear in the gradient that arrives.
//
// A check that fails says what is probably wrong, with the evidence: see Diagnosis.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include "autograd/random.hpp"
#include "autograd/parameter.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// An argument of the function under test: a tensor or a variable, with a name for the report.
struct GradcheckInput {
  Tensor value;
  std::string name;

  GradcheckInput(Tensor x, std::string n = "") : value(std::move(x)), name(std::move(n)) {}
  GradcheckInput(const Var& x) : value(x.value()), name(x.name()) {}
};

struct GradcheckOptions {
  /// The relative difference that passes: 1e-6 in double, 1e-2 in float.
  double tolerance = sizeof(real) == 8 ? 1e-6 : 1e-2;
  /// Of the cotangent, of the sampled entries and of the directions.
  std::uint64_t seed = 1;
  /// Arguments with more entries are compared in this many, and along five random directions.
  std::size_t max_entries = 256;
  /// Parameters that the function uses, checked like arguments. Their values are put back; their
  /// gradients are zero afterwards.
  std::vector<Parameter> parameters = {};
  /// More arguments to check the same function at: other shapes. They also tell causes apart that
  /// look alike at one shape, such as a factor 2 and a batch of 2.
  std::vector<std::vector<GradcheckInput>> also = {};
  /// Whether to look for the cause of a failure. It costs more than the check itself.
  bool diagnose = true;
  /// Whether to measure how the error depends on the step: see GradcheckReport::curve.
  bool curve = false;
};

/// One number of the comparison: an entry of an argument, or a whole random direction.
struct GradcheckEntry {
  std::size_t argument;
  std::string where; ///< "[2, 0]", or "along direction 3"
  double analytic, numeric;
  bool agrees;
  bool measured; ///< the numeric one is not 0, and not lost in rounding
};

/// What explains a wrong gradient in every entry, at every point and shape.
struct Diagnosis {
  /// What is wrong, in the words of gradcheck_diagnoses(): "mean for sum".
  std::string name;
  std::string argument; ///< whose gradient; empty where it is about an operator
  /// "analytic = 0.25 x numeric in all 24 entries of argument 1; the batch is 4: a mean where a sum
  /// belongs?"
  std::string evidence;
};

/// All names that a Diagnosis can have.
std::vector<std::string> gradcheck_diagnoses();

struct GradcheckReport {
  bool passed = false;
  std::string problem; ///< why nothing could be compared; empty otherwise
  std::vector<std::string> arguments;
  std::vector<GradcheckEntry> entries;
  bool moved = false; ///< the point lay on a kink and was moved off it
  std::string shapes; ///< which of GradcheckOptions::also failed, if one did: "(4, 5), (5)"

  /// The likely causes: several if they explain equally well, or are of several arguments;
  /// "unclassified" if nothing does.
  std::vector<Diagnosis> diagnoses;
  std::string operation;               ///< the first that is wrong: "matmul at ch05/mlp.cpp:31"
  std::vector<std::string> steps;      ///< of sequences: the first step that differs
  std::vector<std::string> also_wrong; ///< arguments that no diagnosis is about
  std::vector<std::string> unchecked;  ///< what f uses beside its arguments and wants gradients

  /// The largest difference, relative to the largest gradient, for central differences of this
  /// step. It draws a V for a right pull-back (rounding to the left, truncation to the right), and
  /// a flat line for a wrong one.
  struct CurvePoint {
    double step, error;
  };
  std::vector<CurvePoint> curve;

  explicit operator bool() const { return passed; }
  /// What was compared and what differs, argument and entry, both numbers and their ratio, and why;
  /// with colours for a terminal.
  std::string text(bool colours = false) const;
  /// The same for programs.
  std::string to_json() const;
  /// To standard output, coloured if that is a terminal and NO_COLOR is not set.
  void print() const;
};

/// The plain text: what BOOST_TEST(gradcheck(...)) shows when it fails.
std::ostream& operator<<(std::ostream& out, const GradcheckReport& report);

GradcheckReport gradcheck_all(const std::function<Var(const std::vector<Var>&)>& f,
                              const std::vector<GradcheckInput>& inputs,
                              const GradcheckOptions& options = {});

/// f takes as many variables as there are inputs. Throws what f throws; a pull-back that throws is
/// a check that failed.
template <class F, std::size_t n>
GradcheckReport gradcheck(F&& f, const GradcheckInput (&inputs)[n],
                          const GradcheckOptions& options = {}) {
  const auto spread = [&]<std::size_t... i>(const std::vector<Var>& x, std::index_sequence<i...>) {
    return f(x[i]...);
  };
  return gradcheck_all(
      [&](const std::vector<Var>& x) { return spread(x, std::make_index_sequence<n>{}); },
      {inputs, inputs + n}, options);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
