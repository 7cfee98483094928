#include "nn/batch_norm.hpp"

#include <cmath>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"
#include "autograd/operators/arithmetic.hpp"
#include "autograd/operators/broadcast.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

void check(const char* op, const Operand& x, const Operand& weight, const Operand& bias) {
  if (x.rank() != 4 || weight.shape() != Shape{x.shape()[1]} || bias.shape() != weight.shape())
    shape_error(op, {x, weight, bias}, "expected (B, C, H, W) x (C) x (C)");
}

} // namespace

//> batch-norm
Var batch_norm2d(const Operand& x, const Operand& weight, const Operand& bias, double eps,
                 Tensor& mean, Tensor& variance) {
  check("batch_norm2d", x, weight, bias);
  const std::size_t batch = x.shape()[0], channels = x.shape()[1];
  const std::size_t plane = x.shape()[2] * x.shape()[3];
  const real n = static_cast<real>(batch * plane);
  if (n < 2) shape_error("batch_norm2d", {x}, "one value a channel has no variance");
  const auto offset = [=](std::size_t b, std::size_t c) { return (b * channels + c) * plane; };

  mean = zeros({channels});
  variance = zeros({channels});
  Tensor normal = Tensor::from_shape(x.shape()); // (x - mean) / deviation
  Tensor out = Tensor::from_shape(x.shape());
  Tensor inverse = zeros({channels}); // 1 / deviation
  parallel_ranges(channels, 8, [&](std::size_t begin, std::size_t end, std::size_t) {
    for (std::size_t c = begin; c < end; ++c) {
      const real* in = x.value().data();
      real total = 0, squares = 0;
      for (std::size_t b = 0; b < batch; ++b) total += sum_run(in + offset(b, c), plane);
      const real m = total / n;
      for (std::size_t b = 0; b < batch; ++b) {
        real* centred = normal.data() + offset(b, c);
        real* square = out.data() + offset(b, c); // scratch until the result is written
        for (std::size_t i = 0; i < plane; ++i) {
          centred[i] = in[offset(b, c) + i] - m;
          square[i] = centred[i] * centred[i];
        }
        squares += sum_run(square, plane);
      }
      mean.data()[c] = m;
      variance.data()[c] = squares / n;
      const real scale = 1 / std::sqrt(squares / n + static_cast<real>(eps));
      inverse.data()[c] = scale;
      const real w = weight.value().data()[c], shift = bias.value().data()[c];
      for (std::size_t b = 0; b < batch; ++b)
        for (std::size_t i = offset(b, c); i < offset(b, c) + plane; ++i) {
          normal.data()[i] *= scale;
          out.data()[i] = w * normal.data()[i] + shift;
        }
    }
  });
  Var y{std::move(out)};
  return record("batch_norm2d", y, {x, weight, bias}, [=] {
    real* dx = x.needs_grad() ? x.grad().data() : nullptr;
    real* dw = weight.grad().data();
    real* db = bias.grad().data();
    const real* dy = y.grad().data();
    parallel_ranges(channels, 8, [&](std::size_t begin, std::size_t end, std::size_t) {
      for (std::size_t c = begin; c < end; ++c) {
        real sum_dy = 0, sum_dy_normal = 0;
        for (std::size_t b = 0; b < batch; ++b) {
          sum_dy += sum_run(dy + offset(b, c), plane);
          for (std::size_t i = offset(b, c); i < offset(b, c) + plane; ++i)
            sum_dy_normal += dy[i] * normal.data()[i];
        }
        db[c] += sum_dy;
        dw[c] += sum_dy_normal;
        if (!dx) continue;
        // What is left of dy after its mean and its part along the normalised x are taken out: the
        // statistics absorb any change in those two directions.
        const real scale = weight.value().data()[c] * inverse.data()[c];
        for (std::size_t b = 0; b < batch; ++b)
          for (std::size_t i = offset(b, c); i < offset(b, c) + plane; ++i)
            dx[i] += scale * (dy[i] - sum_dy / n - normal.data()[i] * sum_dy_normal / n);
      }
    });
  });
}
//< batch-norm

nn::BatchNorm2d::BatchNorm2d(const BatchNorm2dOptions& o)
    : weight("weight", ones({o.num_features})), bias("bias", zeros({o.num_features})),
      running_mean(zeros({o.num_features})), running_var(ones({o.num_features})), eps_(o.eps),
      momentum_(o.momentum) {}

Var nn::BatchNorm2d::operator()(const Operand& x) {
  check("batch_norm2d", x, weight, bias);
  const std::size_t channels = weight.shape()[0];
  if (!training()) {
    Tensor inverse = running_var;
    for (real& v : inverse.storage()) v = 1 / std::sqrt(v + static_cast<real>(eps_));
    const auto a_channel = [&](const Var& v) { return reshape(v, {channels, 1, 1}); };
    const Var centred = x - a_channel(constant(running_mean));
    const Var scale = a_channel(weight * constant(inverse));
    return centred * scale + a_channel(bias);
  }
  Tensor mean, variance;
  Var y = batch_norm2d(x, weight, bias, eps_, mean, variance);
  const real n = static_cast<real>(x.value().size() / channels),
             share = static_cast<real>(momentum_);
  for (std::size_t c = 0; c < channels; ++c) { // the running variance is the unbiased one
    running_mean.data()[c] += share * (mean.data()[c] - running_mean.data()[c]);
    running_var.data()[c] += share * (variance.data()[c] * n / (n - 1) - running_var.data()[c]);
  }
  return y;
}

void nn::BatchNorm2d::visit(Visitor& v) {
  v("weight", weight);
  v("bias", bias);
  v("running_mean", running_mean);
  v("running_var", running_var);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
