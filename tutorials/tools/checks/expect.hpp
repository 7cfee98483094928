// What a step of a check can expect: values, shapes, errors and gradients.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "autograd/check/gradcheck.hpp"
#include "autograd/var.hpp"
#include "steps.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

using steps::fail;

/// A tensor of this shape with these entries, in row-major order.
Tensor tensor(const Shape& shape, const std::vector<double>& entries);
/// Independent draws from the normal distribution.
Tensor random(const Shape& shape, std::uint64_t seed = 1);

/// The same shape, and entries that differ by at most `tolerance` times the largest of them.
void expect_equal(const std::string& what, const Tensor& got, const Tensor& wanted,
                  double tolerance = 1e-9);
void expect_equal(const std::string& what, const Shape& got, const Shape& wanted);
void expect_equal(const std::string& what, double got, double wanted, double tolerance = 1e-9);

/// A condition; `problem` says what is wrong where it does not hold.
void expect(const std::string& what, bool holds, const std::string& problem,
            std::vector<double> numbers = {});

using Function = std::function<Var(const std::vector<Var>&)>;

/// All gradients of two backward passes, the second on top of the first with twice the cotangent:
/// they show how a pull-back is wrong, and whether it adds. They depend on nothing but f.
std::vector<double> gradients_of(const Function& f, const std::vector<GradcheckInput>& inputs);
void expect_gradients_of(const std::string& what, const Function& f,
                         const std::vector<GradcheckInput>& inputs);

/// The pull-backs of f against finite differences, as gradcheck does it.
template <class F, std::size_t n>
void expect_gradients(const std::string& what, F&& f, const GradcheckInput (&inputs)[n]) {
  const auto spread = [&]<std::size_t... i>(const std::vector<Var>& x, std::index_sequence<i...>) {
    return f(x[i]...);
  };
  expect_gradients_of(
      what, [&](const std::vector<Var>& x) { return spread(x, std::make_index_sequence<n>{}); },
      {inputs, inputs + n});
}

void expect_words(const std::string& what, const std::string& message, const std::string& words);

/// An error of this type whose message contains these words.
template <class Error, class F>
void expect_error(const std::string& what, F&& f, const std::string& words) {
  try {
    f();
  } catch (const Error& e) {
    return expect_words(what, e.what(), words);
  }
  fail(what, "there was no error");
}

} // namespace tapestry::inline TAPESTRY_PRECISION
