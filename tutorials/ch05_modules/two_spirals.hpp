// The chapter's running example: two spirals, and a network that tells them apart.
#pragma once

#include <cmath>
#include <numbers>

#include "autograd/operators/functions.hpp"
#include "nn/linear.hpp"

namespace tapestry {

//> spirals
struct Spirals {
  Tensor x = zeros({194, 2}); // points in the plane
  Tensor t = zeros({194, 1}); // 1 on the first spiral, 0 on the second
};

// Three turns from radius 6.5 inwards, 97 points each (Lang and Witbrock 1988). With a shift of
// 0.5, the points halfway to each next one.
inline Spirals two_spirals(double shift = 0) {
  Spirals s;
  for (std::size_t i = 0; i < 97; ++i) {
    const double place = static_cast<double>(i) + shift;
    const double angle = place * std::numbers::pi / 16;
    const double radius = 6.5 * (104 - place) / 104;
    s.x(i, 0) = static_cast<real>(radius * std::sin(angle));
    s.x(i, 1) = static_cast<real>(radius * std::cos(angle));
    s.t(i, 0) = 1;
    s.x(97 + i, 0) = -s.x(i, 0);
    s.x(97 + i, 1) = -s.x(i, 1);
    s.t(97 + i, 0) = 0;
  }
  return s;
}
//< spirals

//> mlp
struct Mlp : nn::Module {
  explicit Mlp(Rng& rng) : fc1({2, 32}, rng), fc2({32, 32}, rng), fc3({32, 1}, rng) {}

  // x: (..., 2) -> (..., 1), above 0 for the first spiral
  Var operator()(const Operand& x) const { return fc3(tanh(fc2(tanh(fc1(x))))); }

  void visit(nn::Visitor& v) override {
    v("fc1", fc1);
    v("fc2", fc2);
    v("fc3", fc3);
  }

  nn::Linear fc1, fc2, fc3;
};
//< mlp

// The share of points on the right side of 0. logits, t: (N, 1)
inline double share_right(const Var& logits, const Tensor& t) {
  std::size_t right = 0;
  for (std::size_t i = 0; i < t.size(); ++i) right += (logits.value()(i, 0) > 0) == (t(i, 0) > 0);
  return static_cast<double>(right) / static_cast<double>(t.size());
}

} // namespace tapestry
