// Functions of one tensor, entry by entry.
#pragma once

#include <limits>

#include "autograd/operand.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

// x: (...) -> (...)
Var exp(const Operand& x);
Var log(const Operand& x);
Var tanh(const Operand& x);
/// 1 / (1 + exp(-x))
Var sigmoid(const Operand& x);
/// log(1 + exp(x)), which is above 0 and almost x where x is large; without overflow.
Var softplus(const Operand& x);
Var square(const Operand& x);
Var sqrt(const Operand& x);
/// x to a fixed power.
Var pow(const Operand& x, double exponent);

// The rest have kinks. At its kink the derivative of relu and abs is taken as 0. NaN stays NaN.
/// max(x, 0)
Var relu(const Operand& x);
/// min(max(x, 0), 6) (Krizhevsky 2010, "Convolutional deep belief networks on CIFAR-10"); at both
/// kinks the derivative is taken as 0.
Var relu6(const Operand& x);
Var abs(const Operand& x);
/// x, but not below `low` nor above `high`: no gradient flows where it was cut. At the bounds
/// themselves nothing is.
Var clamp(const Operand& x, double low, double high = std::numeric_limits<double>::infinity());

/// x itself, but the gradient on its way back is cut to -bound .. bound, entry by entry: inside a
/// recurrence this keeps one bad step from spoiling all steps before it (Graves 2013, section 2.1).
Var clip_gradient(const Operand& x, double bound);

} // namespace tapestry::inline TAPESTRY_PRECISION
