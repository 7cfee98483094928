// Planted mistakes: pull-backs that are wrong in the ways that learners get them wrong. Each must
// be rejected, and named by the diagnosis that its author would want to read.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "autograd/autograd.hpp"

namespace tapestry::inline TAPESTRY_PRECISION::planted {

/// Arguments to check at, several times over: several shapes.
using Points = std::vector<std::vector<GradcheckInput>>;

struct Planted {
  std::string op, mistake;
  /// The diagnosis it must get, or several that are equally right ("a | b"); empty if no hypothesis
  /// covers it.
  std::string expected;
  Points points;
  std::function<Var(const std::vector<Var>&)> f;

  /// At the first shape alone, or at all of them.
  GradcheckReport check(bool all_shapes = true, std::uint64_t seed = 1) const;
  /// Whether the report names what is expected.
  bool named(const GradcheckReport& report) const;
  /// Whether it names nothing else.
  bool named_alone(const GradcheckReport& report) const;
};

// By family of operators; and those that were written after the hypotheses.
std::vector<Planted> in_functions();
std::vector<Planted> in_arithmetic();
std::vector<Planted> in_reductions();
std::vector<Planted> in_shaping();
std::vector<Planted> in_products();
std::vector<Planted> in_softmax();
std::vector<Planted> in_pictures();
std::vector<Planted> in_sequences();
std::vector<Planted> hard_to_see();
std::vector<Planted> written_later();
std::vector<Planted> by_a_second_hand();
std::vector<Planted> beside_layers();

/// f takes one to four variables, or a vector of them.
template <class F>
Planted plant(std::string op, std::string mistake, std::string expected, Points points, F f) {
  return {std::move(op), std::move(mistake), std::move(expected), std::move(points),
          [f](const std::vector<Var>& x) -> Var {
            if constexpr (requires { f(x); })
              return f(x);
            else if constexpr (requires { f(x[0]); })
              return f(x[0]);
            else if constexpr (requires { f(x[0], x[1]); })
              return f(x[0], x[1]);
            else if constexpr (requires { f(x[0], x[1], x[2]); })
              return f(x[0], x[1], x[2]);
            else
              return f(x[0], x[1], x[2], x[3]);
          }};
}

/// An operator with this value, whose pull-back is `pull_back(y)`.
template <class P>
Var mine(Tensor value, std::vector<Var> inputs, P pull_back, Caller at = Caller::here()) {
  Var y{std::move(value)};
  return record("mine", y, {inputs, at}, [y, pull_back] { pull_back(y); });
}

// Entries of the value and of the gradient.
inline const real* v(const Var& x) { return x.value().data(); }
inline real* g(const Var& x) { return x.grad().data(); }

Tensor t(const Tensor& matrix);                 // its transpose
Tensor times(const Tensor& a, const Tensor& b); // their matrix product
Tensor random(const Shape& shape, std::uint64_t seed = 1);
/// In [0.5, 2): where logarithms, roots and quotients are smooth.
Tensor positive(const Shape& shape, std::uint64_t seed = 1);

} // namespace tapestry::inline TAPESTRY_PRECISION::planted
