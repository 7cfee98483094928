#include "autograd/operators/functions.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "autograd/batching/batched.hpp"
#include "autograd/operators/branches.hpp"
#include "autograd/operators/special.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

// A first line with `batched` serves several examples at once: see batching/batched.hpp.
Var exp(const Operand& x) {
  if (const auto y = batched("exp", x, exp)) return *y;
  Var y{exp_of(x.value())};
  return record("exp", y, {x}, [x, y] { x.grad() += y.grad() * y.value(); });
}

Var log(const Operand& x) {
  if (const auto y = batched("log", x, log)) return *y;
  Var y{log_of(x.value())};
  return record("log", y, {x}, [x, y] { x.grad() += y.grad() / x.value(); });
}

//> tanh
Var tanh(const Operand& x) {
  if (const auto y = batched("tanh", x, tanh)) return *y; // batching
  Var y{evaluated(xt::tanh(x.value()))};
  return record("tanh", y, {x}, [x, y] { x.grad() += y.grad() * (1 - xt::square(y.value())); });
}
//< tanh

//> sigmoid
Var sigmoid(const Operand& x) {
  if (const auto y = batched("sigmoid", x, sigmoid)) return *y; // batching
  Var y{evaluated(1 / (1 + xt::exp(-x.value())))};
  return record("sigmoid", y, {x}, [x, y] { x.grad() += y.grad() * y.value() * (1 - y.value()); });
}
//< sigmoid

Var softplus(const Operand& x) {
  if (const auto y = batched("softplus", x, softplus)) return *y;
  Var y{evaluated(xt::where(x.value() <= real{0}, real{0}, x.value()) +
                  xt::log1p(xt::exp(-xt::abs(x.value()))))};
  return record("softplus", y, {x}, [x, y] { x.grad() += y.grad() / (1 + xt::exp(-x.value())); });
}

Var square(const Operand& x) {
  if (const auto y = batched("square", x, square)) return *y;
  Var y{evaluated(xt::square(x.value()))};
  return record("square", y, {x}, [x, y] { x.grad() += 2 * y.grad() * x.value(); });
}

Var sqrt(const Operand& x) {
  if (const auto y = batched("sqrt", x, sqrt)) return *y;
  Var y{evaluated(xt::sqrt(x.value()))};
  return record("sqrt", y, {x}, [x, y] { x.grad() += y.grad() / (2 * y.value()); });
}

Var pow(const Operand& x, double exponent) {
  const real p = static_cast<real>(exponent);
  Var y{pow_of(x.value(), p)};
  return record("pow", y, {x}, [x, y, p] {
    if (p == 0) return; // 0 * 0^-1 would be NaN
    const Tensor power = pow_of(x.value(), p - 1);
    x.grad() += y.grad() * (p * power);
  });
}

//> relu
Var relu(const Operand& x) {
  if (const auto y = batched("relu", x, relu)) return *y;                // batching
  Var y{evaluated(xt::where(x.value() <= real{0}, real{0}, x.value()))}; // NaN stays NaN
  note_branches(x.value().size(), [&](std::size_t i) { return x.value().data()[i] > 0; });
  return record("relu", y, {x},
                [x, y] { x.grad() += xt::where(x.value() <= real{0}, real{0}, y.grad()); });
}
//< relu

Var relu6(const Operand& x) {
  if (const auto y = batched("relu6", x, relu6)) return *y;
  const real most = 6;
  Var y{evaluated(xt::where(x.value() <= real{0}, real{0},
                            xt::where(x.value() >= most, most, x.value())))}; // NaN stays NaN
  note_branches(x.value().size(), [&](std::size_t i) {
    return (x.value().data()[i] > 0) + (x.value().data()[i] >= most);
  });
  return record("relu6", y, {x}, [x, y, most] {
    x.grad() += xt::where(x.value() <= real{0} || x.value() >= most, real{0}, y.grad());
  });
}

Var abs(const Operand& x) {
  if (const auto y = batched("abs", x, abs)) return *y;
  Var y{evaluated(xt::abs(x.value()))};
  note_branches(x.value().size(), [&](std::size_t i) { return x.value().data()[i] > 0; });
  return record("abs", y, {x}, [x, y] {
    x.grad() += xt::where(x.value() > real{0}, y.grad(),
                          xt::where(x.value() < real{0}, -y.grad(), real{0}));
  });
}

Var clamp(const Operand& x, double low, double high) {
  const real hi = static_cast<real>(high), lo = std::min(static_cast<real>(low), hi);
  Var y{evaluated(xt::where(x.value() < lo, lo, xt::where(x.value() > hi, hi, x.value())))};
  note_branches(x.value().size(), [&](std::size_t i) {
    return (x.value().data()[i] >= lo) + (x.value().data()[i] > hi);
  });
  return record("clamp", y, {x}, [x, y, lo, hi] {
    x.grad() += xt::where(x.value() >= lo && x.value() <= hi, y.grad(), real{0});
  });
}

Var clip_gradient(const Operand& x, double bound) {
  if (!(bound >= 0))
    throw std::invalid_argument(fmt::format("clip_gradient at {}: the bound is {}, expected at "
                                            "least 0",
                                            Inside::describe(x.caller()), bound));
  //> clip-gradient
  const real most = static_cast<real>(bound);
  Var y{x.value()};
  return record("clip_gradient", y, {x},
                [x, y, most] { x.grad() += xt::clip(y.grad(), -most, most); });
  //< clip-gradient
}

} // namespace tapestry::inline TAPESTRY_PRECISION
