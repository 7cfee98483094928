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
  const Tensor squares = evaluated(xt::square(prediction.value() - target.value()));
  const real n = static_cast<real>(squares.size());
  Var y{Tensor(sum_run(squares.data(), squares.size()) / n)};
  return record("mse_loss", y, {prediction, target}, [prediction, target, y, n] {
    const real scale = 2 * y.grad().data()[0] / n;
    const Tensor &p = prediction.value(), &t = target.value();
    if (prediction.needs_grad()) prediction.grad() += scale * (p - t);
    if (target.needs_grad()) target.grad() -= scale * (p - t);
  });
}

Var binary_cross_entropy(const Operand& logits, const Operand& target) {
  if (logits.shape() != target.shape())
    shape_error("binary_cross_entropy", {logits, target}, "the shapes must agree");
  if (logits.value().size() == 0)
    shape_error("binary_cross_entropy", {logits, target}, "there is nothing to compare");
  //> binary-cross-entropy
  const Tensor &x = logits.value(), &t = target.value();
  // max(x, 0) - x t is (1 - t) x above 0 and -t x below, which does not take inf from inf
  const Tensor terms =
      evaluated(xt::where(x > real{0}, 1 - t, -t) * x + xt::log1p(xt::exp(-xt::abs(x))));
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
