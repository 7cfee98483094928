// Parameters: what training changes.
#pragma once

#include "autograd/var.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// A variable that training changes. It outlives tapes; its gradient adds up until `zero_grad()`.
///
/// Every change of the value counts (`version()`). A tape that recorded the value before refuses to
/// walk back over the value after: the gradient would be that of neither.
class Parameter : public Var {
public:
  Parameter() = default;
  Parameter(std::string name, Tensor value);

  using Var::value;
  /// The value, to be written to at once: a change through a reference that was kept is not
  /// counted.
  Tensor& value();
  /// Another value.
  void set(Tensor value);
  /// Lets f change the value in place: `w.update([&](Tensor& x) { x -= 0.1 * w.grad(); })`.
  template <class F> void update(F&& f) {
    count_change();
    f(node_->value);
    forget_misfit();
  }

  /// The name under which a model knows it, "decoder.lstm.weight_ih_l0". A part of the model that
  /// is asked for its own parameters does not make it shorter again.
  void rename(const std::string& name);
  /// false: frozen. No gradient is computed for it, and no optimiser changes it.
  void requires_grad(bool on);

private:
  void count_change();
};

} // namespace tapestry::inline TAPESTRY_PRECISION
