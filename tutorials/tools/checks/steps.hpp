// The frame of an exercise's check: steps, run in order up to the first that fails.
//
//   STEP("the values of a matrix") { expect_equal("sigmoid(x)", sigmoid(x).value(), wanted); }
//
// The program reports to a file descriptor, in lines of JSON, so that what a student's code prints
// is not mixed with it. A step that runs too long is ended by a signal, and so is a crash; the last
// line then says in which step it was.
#pragma once

#include <string>
#include <vector>

namespace tapestry::steps {

/// A step registers itself where it is defined.
struct Step {
  Step(const char* name, void (*run)());
};

/// Ends the step. `what` was looked at, and `problem` is what is wrong with it. The numbers tell
/// one mistake from another: they are compared with those that known mistakes make.
[[noreturn]] void fail(const std::string& what, const std::string& problem,
                       std::vector<double> numbers = {});

/// Runs all steps and reports to the descriptor. Returns the number of failed steps: 0 or 1.
int run_steps(int descriptor);

} // namespace tapestry::steps

#define CHECK_JOIN_AGAIN(a, b) a##b
#define CHECK_JOIN(a, b) CHECK_JOIN_AGAIN(a, b)
#define STEP(name)                                                                                 \
  static void CHECK_JOIN(step_, __LINE__)();                                                       \
  static const ::tapestry::steps::Step CHECK_JOIN(registered_,                                     \
                                                  __LINE__)(name, CHECK_JOIN(step_, __LINE__));    \
  static void CHECK_JOIN(step_, __LINE__)()
