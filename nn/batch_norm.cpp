#include "nn/batch_norm.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include <fmt/format.h>

#include "autograd/base/rehearsal.hpp"
#include "autograd/operators/broadcast.hpp"
#include "autograd/tape.hpp"
#include "nn/pictures/options.hpp"
#include "nn/pictures/shares.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// x: (B, C, ...) as (batch, channels, plane). What belongs to one channel lies in `batch` runs; it
// is worked on side by side, n numbers.
struct Channels {
  std::size_t batch, count, plane = 1;
  explicit Channels(const Shape& s) : batch(s[0]), count(s[1]) {
    for (std::size_t axis = 2; axis < s.size(); ++axis) plane *= s[axis];
  }
  std::size_t n() const { return batch * plane; }

  // at(i, j): entry i of channel c is entry j of the tensor.
  template <class At> void for_each(std::size_t c, At at) const {
    if (plane == 1)
      for (std::size_t b = 0; b < batch; ++b) at(b, b * count + c);
    else
      for (std::size_t b = 0; b < batch; ++b)
        for (std::size_t i = 0; i < plane; ++i) at(b * plane + i, (b * count + c) * plane + i);
  }
};

// As sum_run: in interleaved partial sums, and those over blocks, so that the error stays small.
constexpr std::size_t block = 4096;
real sum_of(const real* x, std::size_t n) {
  real total = 0;
  for (std::size_t i = 0; i < n; i += block) total += sum_run(x + i, std::min(block, n - i));
  return total;
}
real sum_of_products(const real* x, const real* y, std::size_t n) {
  real total = 0;
  for (std::size_t start = 0; start < n; start += block) {
    real partial[16] = {};
    const std::size_t end = std::min(n, start + block);
    std::size_t i = start;
    for (; i + 16 <= end; i += 16)
      for (std::size_t j = 0; j < 16; ++j) partial[j] += x[i + j] * y[i + j];
    for (std::size_t j = 0; i < end; ++i, ++j) partial[j] += x[i] * y[i];
    total += sum_run(partial, 16);
  }
  return total;
}

void check(const char* op, const Operand& x, const Operand& weight, const Operand& bias,
           bool right_rank, const char* expected) {
  if (!right_rank || weight.shape() != Shape{x.shape()[1]} || bias.shape() != weight.shape())
    shape_error(op, {x, weight, bias}, expected);
}

// (x - mean) / sqrt(variance + eps) * weight + bias. With `measure`, mean and variance are x's own,
// and written; else they are given, and constants.
//> batch-norm
Var normalise(const char* op, const Operand& x, const Operand& weight, const Operand& bias,
              double eps, Tensor& mean, Tensor& variance, bool measure) {
  const Channels channels(x.shape());
  const std::size_t n = channels.n();
  Tensor normal = Tensor::from_shape({channels.count, n}); // (x - mean) / deviation
  Tensor inverse = Tensor::from_shape({channels.count});   // 1 / deviation
  Tensor out = Tensor::from_shape(x.shape());
  share_out(
      channels.count, 8 * out.size(), worthwhile_steps, [&](std::size_t begin, std::size_t end) {
        for (std::size_t c = begin; c < end; ++c) {
          const real* in = x.value().data();
          real* to = out.data();
          real* own = normal.data() + c * n;
          channels.for_each(c, [&](std::size_t i, std::size_t j) { own[i] = in[j]; });
          const real m = measure ? sum_of(own, n) / static_cast<real>(n) : mean.data()[c];
          for (std::size_t i = 0; i < n; ++i) own[i] -= m;
          if (measure) {
            mean.data()[c] = m;
            variance.data()[c] = sum_of_products(own, own, n) / static_cast<real>(n);
          }
          const real scale = 1 / std::sqrt(variance.data()[c] + static_cast<real>(eps));
          inverse.data()[c] = scale;
          for (std::size_t i = 0; i < n; ++i) own[i] *= scale;
          const real w = weight.value().data()[c], shift = bias.value().data()[c];
          channels.for_each(c, [&](std::size_t i, std::size_t j) { to[j] = w * own[i] + shift; });
        }
      });
  Var y{std::move(out)};
  return record(op, y, {x, weight, bias}, [x, weight, bias, y, channels, normal, inverse, measure] {
    //> batch-norm-pull-back
    const std::size_t size = channels.n();
    const real* dy = y.grad().data();
    real* dx = x.needs_grad() ? x.grad().data() : nullptr;
    real* dw = weight.needs_grad() ? weight.grad().data() : nullptr;
    real* db = bias.needs_grad() ? bias.grad().data() : nullptr;
    const auto back = [&](std::size_t begin, std::size_t end) {
      std::vector<real, PoolAllocator<real>> d(size); // dy of one channel
      for (std::size_t c = begin; c < end; ++c) {
        const real* own = normal.data() + c * size;
        channels.for_each(c, [&](std::size_t i, std::size_t j) { d[i] = dy[j]; });
        const real sum = sum_of(d.data(), size), along = sum_of_products(d.data(), own, size);
        if (db) db[c] += sum;
        if (dw) dw[c] += along;
        if (!dx) continue;
        // What is left of dy after its mean and its part along the normalised x are taken out: the
        // statistics absorb any change in those two directions.
        const real scale = weight.value().data()[c] * inverse.data()[c];
        const real lost = measure ? sum / static_cast<real>(size) : 0;
        const real part = measure ? along / static_cast<real>(size) : 0;
        for (std::size_t i = 0; i < size; ++i) d[i] = scale * (d[i] - lost - own[i] * part);
        channels.for_each(c, [&](std::size_t i, std::size_t j) { dx[j] += d[i]; });
      }
    };
    share_out(channels.count, 8 * y.value().size(), worthwhile_steps, back);
    //< batch-norm-pull-back
  });
}
//< batch-norm

Var measured(const char* op, const Operand& x, const Operand& weight, const Operand& bias,
             double eps, Tensor& mean, Tensor& variance) {
  const Channels channels(x.shape());
  if (channels.n() < 2) shape_error(op, {x}, "one value a channel has no variance");
  mean = zeros({channels.count});
  variance = zeros({channels.count});
  return normalise(op, x, weight, bias, eps, mean, variance, true);
}

} // namespace

Var batch_norm(const Operand& x, const Operand& weight, const Operand& bias, double eps,
               Tensor& mean, Tensor& variance) {
  check("batch_norm", x, weight, bias, x.rank() >= 2, "expected (B, C, ...) x (C) x (C)");
  return measured("batch_norm", x, weight, bias, eps, mean, variance);
}

Var batch_norm2d(const Operand& x, const Operand& weight, const Operand& bias, double eps,
                 Tensor& mean, Tensor& variance) {
  check("batch_norm2d", x, weight, bias, x.rank() == 4, "expected (B, C, H, W) x (C) x (C)");
  return measured("batch_norm2d", x, weight, bias, eps, mean, variance);
}

namespace nn {

BatchNorm::BatchNorm(const char* name, const BatchNormOptions& o)
    : eps_(o.eps), momentum_(o.momentum), affine_(o.affine) {
  check_option(name, "num_features", o.num_features, 1);
  check_option(name, "eps", o.eps, 0, std::numeric_limits<double>::max());
  if (o.momentum) check_option(name, "momentum", *o.momentum, 0, 1);
  const Shape shape{o.num_features};
  if (affine_) weight = Parameter("weight", ones(shape)), bias = Parameter("bias", zeros(shape));
  running_mean = zeros(shape);
  running_var = ones(shape);
  num_batches_tracked = zeros({});
}

Var BatchNorm::normalise(const char* op, const Operand& x, bool right_rank, const char* expected) {
  const Inside layer = inside(x.caller());
  const Shape& shape = running_mean.shape();
  const Var w = affine_ ? Var(weight) : constant(ones(shape));
  const Var b = affine_ ? Var(bias) : constant(zeros(shape));
  check(op, x, w, b, right_rank, expected);
  if (!training()) return tapestry::normalise(op, x, w, b, eps_, running_mean, running_var, false);
  Tensor mean, variance;
  const Var y = measured(op, x, w, b, eps_, mean, variance);
  if (!rehearsing()) remember(mean, variance, x.value().size() / shape[0]);
  return y;
}

// n: values a channel
void BatchNorm::remember(const Tensor& mean, const Tensor& variance, std::size_t n) {
  if (!momentum_) num_batches_tracked.data()[0] += 1;
  const real share = momentum_ ? static_cast<real>(*momentum_) : 1 / num_batches_tracked.data()[0];
  const real unbiased = static_cast<real>(n) / static_cast<real>(n - 1);
  for (std::size_t c = 0; c < mean.size(); ++c) {
    running_mean.data()[c] += share * (mean.data()[c] - running_mean.data()[c]);
    running_var.data()[c] += share * (variance.data()[c] * unbiased - running_var.data()[c]);
  }
}

void BatchNorm::visit(Visitor& v) {
  if (affine_) v("weight", weight), v("bias", bias);
  v("running_mean", running_mean);
  v("running_var", running_var);
  if (!momentum_) v("num_batches_tracked", num_batches_tracked);
}

Var BatchNorm1d::operator()(const Operand& x) {
  return normalise("batch_norm1d", x, x.rank() == 2 || x.rank() == 3,
                   "expected (B, C) or (B, C, L) x (C) x (C)");
}

Var BatchNorm2d::operator()(const Operand& x) {
  return normalise("batch_norm2d", x, x.rank() == 4, "expected (B, C, H, W) x (C) x (C)");
}

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
