#include "autograd/operators/loss.hpp"

#include "autograd/operators/broadcast.hpp"
#include "autograd/tape.hpp"
#include "autograd/xt.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

Var mse_loss(const Operand& prediction, const Operand& target) {
  if (prediction.shape() != target.shape())
    shape_error("mse_loss", {prediction, target}, "the shapes must agree");
  if (prediction.value().size() == 0)
    shape_error("mse_loss", {prediction, target}, "there is nothing to compare");
  const Tensor error = prediction.value() - target.value();
  const Tensor squares = xt::square(error);
  const real n = static_cast<real>(error.size());
  Var y{Tensor(sum_run(squares.data(), squares.size()) / n)};
  return record("mse_loss", y, {prediction, target}, [prediction, target, error, y, n] {
    const real scale = 2 * y.grad().data()[0] / n;
    if (prediction.needs_grad()) prediction.grad() += scale * error;
    if (target.needs_grad()) target.grad() -= scale * error;
  });
}

Var binary_cross_entropy(const Operand& logits, const Operand& target) {
  if (logits.shape() != target.shape())
    shape_error("binary_cross_entropy", {logits, target}, "the shapes must agree");
  if (logits.value().size() == 0)
    shape_error("binary_cross_entropy", {logits, target}, "there is nothing to compare");
  //> binary-cross-entropy
  const Tensor &x = logits.value(), &t = target.value();
  const Tensor terms = xt::maximum(x, real{0}) - x * t + xt::log1p(xt::exp(-xt::abs(x)));
  const real n = static_cast<real>(terms.size());
  Var y{Tensor(sum_run(terms.data(), terms.size()) / n)};
  return record("binary_cross_entropy", y, {logits, target}, [logits, target, y, n] {
    const real scale = y.grad().data()[0] / n;
    if (logits.needs_grad()) // the bends of max and |x| cancel: sigmoid(x) - t, at 0 too
      logits.grad() += scale * (1 / (1 + xt::exp(-logits.value())) - target.value());
    if (target.needs_grad()) target.grad() -= scale * logits.value();
  });
  //< binary-cross-entropy
}

} // namespace tapestry::inline TAPESTRY_PRECISION
