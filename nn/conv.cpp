#include "nn/conv.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "autograd/base/parallel.hpp"
#include "autograd/base/product.hpp"
#include "autograd/operators/branches.hpp"
#include "autograd/operators/broadcast.hpp"
#include "autograd/tape.hpp"
#include "nn/init.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// Sizes of one convolution.
struct Geometry {
  std::size_t batch, channels, height, width;
  std::size_t outputs, kernel_h, kernel_w, out_h, out_w;
  std::size_t stride, padding;

  std::size_t patch() const { return channels * kernel_h * kernel_w; }
  std::size_t image() const { return channels * height * width; }
  std::size_t pixels() const { return out_h * out_w; }
};

// Calls at(row, to, from, n, step) for every run of pixels that one tap of the kernel sees: `n`
// entries at `to` of row `row` of the column matrix stand for image entries from, from + step, ...
template <class At> void for_each_tap(const Geometry& g, At at) {
  for (std::size_t c = 0, row = 0; c < g.channels; ++c)
    for (std::size_t i = 0; i < g.kernel_h; ++i)
      for (std::size_t j = 0; j < g.kernel_w; ++j, ++row) {
        // x = ox stride + j - padding must lie in 0 .. width-1
        const std::size_t first = j < g.padding ? (g.padding - j + g.stride - 1) / g.stride : 0;
        const std::size_t reach = g.width + g.padding; // ox stride + j < reach
        const std::size_t last =
            reach > j ? std::min(g.out_w, (reach - j + g.stride - 1) / g.stride) : 0;
        if (first >= last) continue;
        for (std::size_t oy = 0; oy < g.out_h; ++oy) {
          const std::size_t y = oy * g.stride + i;
          if (y < g.padding || y - g.padding >= g.height) continue;
          const std::size_t x = first * g.stride + j - g.padding;
          at(row, oy * g.out_w + first, (c * g.height + y - g.padding) * g.width + x, last - first);
        }
      }
}

// Lays every patch of an image out as a column: image (C, H, W) -> columns (C kh kw, out_h out_w).
// Then the convolution is one matrix product.
void image_to_columns(const Geometry& g, const real* image, real* columns) {
  if (g.padding > 0) std::fill_n(columns, g.patch() * g.pixels(), real{0});
  for_each_tap(g, [&](std::size_t row, std::size_t to, std::size_t from, std::size_t n) {
    real* out = columns + row * g.pixels() + to;
    if (g.stride == 1)
      std::copy_n(image + from, n, out);
    else
      for (std::size_t k = 0; k < n; ++k) out[k] = image[from + k * g.stride];
  });
}

// The reverse: adds every column's gradient to the pixels that it was copied from.
void columns_to_image(const Geometry& g, const real* columns, real* image) {
  for_each_tap(g, [&](std::size_t row, std::size_t to, std::size_t from, std::size_t n) {
    const real* in = columns + row * g.pixels() + to;
    for (std::size_t k = 0; k < n; ++k) image[from + k * g.stride] += in[k];
  });
}

Geometry geometry(const Operand& x, const Operand& weight, const Operand& bias,
                  const ConvOptions& o) {
  const auto fail = [&](const std::string& problem) {
    shape_error("conv2d", {x, weight, bias}, problem);
  };
  if (x.rank() != 4 || weight.rank() != 4 || bias.rank() != 1)
    fail("expected (B, C, H, W) x (O, C, kh, kw) x (O)");
  const Shape &s = x.shape(), &w = weight.shape();
  if (s[1] != w[1]) fail(fmt::format("{} channels, but the kernel has {}", s[1], w[1]));
  if (bias.shape()[0] != w[0])
    fail(fmt::format("{} outputs, but the bias has {}", w[0], bias.shape()[0]));
  if (o.stride == 0) fail("the stride is 0");
  if (s[2] + 2 * o.padding < w[2] || s[3] + 2 * o.padding < w[3])
    fail(fmt::format("the kernel is larger than the picture with its padding of {}", o.padding));
  return {s[0],
          s[1],
          s[2],
          s[3],
          w[0],
          w[2],
          w[3],
          (s[2] + 2 * o.padding - w[2]) / o.stride + 1,
          (s[3] + 2 * o.padding - w[3]) / o.stride + 1,
          o.stride,
          o.padding};
}

// Images are shared out in this many parts, each with its own sum of weight gradients. A constant,
// so that the order of the sums does not depend on the machine.
constexpr std::size_t parts = 8;

} // namespace

//> conv2d
Var conv2d(const Operand& x, const Operand& weight, const Operand& bias, ConvOptions options) {
  const Geometry g = geometry(x, weight, bias, options);
  const std::size_t pixels = g.pixels(), patch = g.patch(), image_out = g.outputs * pixels;
  const Matrix w{weight.value().data(), patch};

  Tensor out = Tensor::from_shape({g.batch, g.outputs, g.out_h, g.out_w});
  parallel_ranges(g.batch, parts, [&](std::size_t begin, std::size_t end, std::size_t) {
    std::vector<real, PoolAllocator<real>> columns(patch * pixels);
    for (std::size_t b = begin; b < end; ++b) {
      image_to_columns(g, x.value().data() + b * g.image(), columns.data());
      real* y = out.data() + b * image_out;
      for (std::size_t o = 0; o < g.outputs; ++o)
        std::fill_n(y + o * pixels, pixels, bias.value().data()[o]);
      product(g.outputs, pixels, patch, w, {columns.data(), pixels}, y, pixels, true);
      if (options.relu)
        for (std::size_t i = 0; i < image_out; ++i) y[i] = std::max(y[i], real{0});
    }
  });
  if (options.relu) note_branches(out.size(), [&](std::size_t i) { return out.data()[i] > 0; });
  Var y{std::move(out)};
  return record("conv2d", y, {x, weight, bias}, [=] {
    const bool relu = options.relu, to_weight = weight.needs_grad(), to_x = x.needs_grad();
    const bool to_bias = bias.needs_grad();
    Tensor dweights = zeros({parts, to_weight ? g.outputs * patch : 0});
    Tensor dbias = zeros({parts, to_bias ? g.outputs : 0});
    const real* values = y.value().data();
    const real* dy = y.grad().data();
    real* dx = to_x ? x.grad().data() : nullptr;
    parallel_ranges(g.batch, parts, [&](std::size_t begin, std::size_t end, std::size_t part) {
      std::vector<real, PoolAllocator<real>> columns(patch * pixels);
      std::vector<real, PoolAllocator<real>> passed(relu ? image_out : 0); // what the relu lets by
      for (std::size_t b = begin; b < end; ++b) {
        const real* d = dy + b * image_out;
        if (relu) {
          for (std::size_t i = 0; i < image_out; ++i)
            passed[i] = values[b * image_out + i] > 0 ? d[i] : real{0};
          d = passed.data();
        }
        for (std::size_t o = 0; to_bias && o < g.outputs; ++o)
          dbias.data()[part * g.outputs + o] += sum_run(d + o * pixels, pixels);
        if (to_weight) { // dW = dY columns^T
          image_to_columns(g, x.value().data() + b * g.image(), columns.data());
          product(g.outputs, patch, pixels, {d, pixels}, {columns.data(), pixels, true},
                  dweights.data() + part * g.outputs * patch, patch, true);
        }
        if (to_x) { // dcolumns = W^T dY
          product(patch, pixels, g.outputs, {weight.value().data(), patch, true}, {d, pixels},
                  columns.data(), pixels, false);
          columns_to_image(g, columns.data(), dx + b * g.image());
        }
      }
    });
    if (to_weight) dweights.reshape({parts, g.outputs, g.channels, g.kernel_h, g.kernel_w});
    if (to_weight) sum_into(weight.grad(), dweights);
    if (to_bias) sum_into(bias.grad(), dbias);
  });
}
//< conv2d

Var conv2d(const Operand& x, const Operand& weight, ConvOptions options) {
  if (weight.rank() != 4)
    shape_error("conv2d", {x, weight}, "expected (B, C, H, W) x (O, C, kh, kw)");
  return conv2d(x, weight, {constant(zeros({weight.shape()[0]})), x.caller()}, options);
}

nn::Conv2d::Conv2d(const Conv2dOptions& o, Rng& rng)
    : options_{o.stride, o.padding, o.relu}, has_bias_(o.bias) {
  const std::size_t fan = o.in_channels * o.kernel_size * o.kernel_size;
  weight =
      Parameter("weight", fan_uniform({o.out_channels, o.in_channels, o.kernel_size, o.kernel_size},
                                      fan, rng));
  if (has_bias_) bias = Parameter("bias", fan_uniform({o.out_channels}, fan, rng));
}

Var nn::Conv2d::operator()(const Operand& x) const {
  return has_bias_ ? conv2d(x, weight, bias, options_) : conv2d(x, weight, options_);
}

void nn::Conv2d::visit(Visitor& v) {
  v("weight", weight);
  if (has_bias_) v("bias", bias);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
