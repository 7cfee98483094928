#include "nn/conv.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/operators/branches.hpp"
#include "autograd/operators/broadcast.hpp"
#include "autograd/tape.hpp"
#include "nn/init.hpp"
#include "nn/pictures/columns.hpp"
#include "nn/pictures/depthwise.hpp"
#include "nn/pictures/depthwise_rows.hpp"
#include "nn/pictures/options.hpp"
#include "nn/pictures/shares.hpp"
#include "nn/pictures/winograd.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

using Numbers = std::vector<real, PoolAllocator<real>>;

// to(j, i) from from(i, j), for i < rows and j < columns, in blocks: what is read and written of a
// block stays in the first cache. f(to's entry, from's entry)
template <class F> void transposed_blocks(std::size_t rows, std::size_t columns, F f) {
  constexpr std::size_t side = 16;
  const std::size_t down = (rows + side - 1) / side;
  share_out(down, rows * columns, worthwhile_steps, [&](std::size_t begin, std::size_t end) {
    for (std::size_t top = begin * side; top < std::min(rows, end * side); top += side)
      for (std::size_t left = 0; left < columns; left += side)
        for (std::size_t i = top; i < std::min(rows, top + side); ++i)
          for (std::size_t j = left; j < std::min(columns, left + side); ++j)
            f(j * rows + i, i * columns + j);
  });
}

// y = bias + weight columns of all pictures side by side: one alone would leave parts of registers
// empty, and read the weight for few pixels. x: (B, C, H, W), w: (O, patch) -> y: (B, O, pixels)
void forward_together(const ConvGeometry& g, const real* x, const real* w, const real* bias,
                      bool relu, real* y) {
  const PixelPieces pieces(g, g.batch);
  const std::size_t outputs = g.outputs_each(), pixels = g.pixels();
  share_out(g.groups * pieces.count(), g.products(), worthwhile_products, [&](auto from, auto to) {
    Buffer<real> product(outputs * pieces.largest());
    for (std::size_t task = from; task < to; ++task) {
      const std::size_t piece = task % pieces.count(), group = task / pieces.count();
      const std::size_t first = pieces.begin(piece), n = pieces.size(piece), o = group * outputs;
      panels_of(g, x + group * g.channels_each() * g.plane(), first, n)
          .product(outputs, {w + o * g.patch(), g.patch()}, product.data(), n, false);
      for (std::size_t at = 0, here; at < n; at += here) { // of one picture
        const std::size_t b = (first + at) / pixels, pixel = (first + at) % pixels;
        here = std::min(n - at, pixels - pixel);
        for (std::size_t i = 0; i < outputs; ++i) {
          const real* sums = product.data() + i * n + at;
          real* out = y + (b * g.outputs + o + i) * pixels + pixel;
          for (std::size_t k = 0; k < here; ++k) {
            const real v = sums[k] + bias[o + i];
            out[k] = relu && v <= 0 ? 0 : v; // NaN stays
          }
        }
      }
    }
  });
}

// y = bias + weight columns, piece by piece. x: (B, C, H, W), w: (O, patch) -> y: (B, O, pixels)
void forward(const ConvGeometry& g, const real* x, const real* w, const real* bias, bool relu,
             real* y) {
  constexpr std::size_t few = 256; // pixels
  if (worth_winograd(g)) return winograd(g, x, w, bias, relu, y);
  if (g.batch > 1 && g.pixels() < few && !g.pointwise())
    return forward_together(g, x, w, bias, relu, y);
  const PixelPieces pieces(g);
  const std::size_t channels = g.channels_each(), outputs = g.outputs_each();
  share_out(g.batch * g.groups * pieces.count(), g.products(), worthwhile_products,
            [&](std::size_t begin, std::size_t end) {
              for (std::size_t task = begin; task < end; ++task) {
                const std::size_t piece = task % pieces.count(); // of group `group`, all pictures
                const std::size_t group = task / pieces.count();
                const std::size_t first = pieces.begin(piece), n = pieces.size(piece);
                const real* image = x + group * channels * g.plane();
                real* to = y + group * outputs * g.pixels() + first;
                const std::size_t o = group % g.groups * outputs;
                for (std::size_t i = 0; i < outputs; ++i)
                  std::fill_n(to + i * g.pixels(), n, bias[o + i]);
                panels_of(g, image, first, n)
                    .product(outputs, {w + o * g.patch(), g.patch()}, to, g.pixels(), true);
                for (std::size_t i = 0; relu && i < outputs; ++i)
                  for (real* v = to + i * g.pixels(); v < to + i * g.pixels() + n; ++v)
                    *v = *v <= 0 ? 0 : *v; // NaN stays
              }
            });
}

// dx += the pixels' gradients from dcolumns = weight^T dy. Two columns may come from one pixel, so
// what is shared out is not the pixels but the channels. dy: (B, O, pixels), w: (O, patch)
void back_to_x(const ConvGeometry& g, const real* dy, const real* w, real* dx) {
  if (worth_winograd(g)) return winograd_back(g, dy, w, dx);
  const PixelPieces pieces(g);
  const std::size_t channels = g.channels_each(), outputs = g.outputs_each(), patch = g.patch();
  // Used often, w is turned once; seldom, the product turns what it needs of it.
  const bool turn = g.batch * pieces.count() > 2;
  Numbers turned(turn ? g.outputs * patch : 0);                       // (groups, patch, O / groups)
  for (std::size_t at = 0; at < turned.size(); at += outputs * patch) // group by group
    transposed_blocks(outputs, patch,
                      [&](std::size_t to, std::size_t from) { turned[at + to] = w[at + from]; });

  const std::size_t images = std::max<std::size_t>(g.batch * g.groups, 1);
  const std::size_t chunks = std::clamp<std::size_t>(2 * thread_count() / images, 1, channels);
  share_out(g.batch * g.groups * chunks, g.products(), worthwhile_products,
            [&](auto begin, auto end) {
              const std::size_t most = (channels + chunks - 1) / chunks * g.taps();
              Numbers columns(g.pointwise() ? 0 : most * pieces.largest());
              Numbers scratch(turn ? 0 : Panels::scratch_size);
              for (std::size_t task = begin; task < end; ++task) {
                const std::size_t chunk = task % chunks, group = task / chunks;
                const std::size_t c = channels * chunk / chunks,
                                  here = channels * (chunk + 1) / chunks - c;
                const std::size_t of = group % g.groups * patch * outputs, first_row = c * g.taps();
                const Matrix from = turn ? Matrix{turned.data() + of + first_row * outputs, outputs}
                                         : Matrix{w + of + first_row, patch, true};
                real* image = dx + (group * channels + c) * g.plane();
                for (std::size_t piece = 0; piece < pieces.count(); ++piece) {
                  const std::size_t first = pieces.begin(piece), n = pieces.size(piece);
                  const real* d = dy + group * outputs * g.pixels() + first;
                  const Panels arrived(outputs, n, Matrix{d, g.pixels()});
                  if (g.pointwise()) {
                    arrived.product(here, from, image + first, g.pixels(), true, 0, arrived.count(),
                                    scratch.data());
                  } else {
                    arrived.product(here * g.taps(), from, columns.data(), n, false, 0,
                                    arrived.count(), scratch.data());
                    Columns(g, first, n).add_to(image, here, columns.data(), n);
                  }
                }
              }
            });
}

// dweight += dy columns^T, of one picture of few pixels: so a large weight is walked through only
// once. x: (C, H, W), dy: (O, pixels) -> dw: (O, patch)
void few_pixels_to_weight(const ConvGeometry& g, const real* x, const real* dy, real* dw) {
  const std::size_t channels = g.channels_each(), outputs = g.outputs_each(), n = g.pixels();
  const std::size_t chunks = std::clamp<std::size_t>(2 * thread_count() / g.groups, 1, channels);
  share_out(g.groups * chunks, g.products(), worthwhile_products, [&](auto begin, auto end) {
    const std::size_t stride = n + 16; // not a power of two, as below
    Numbers columns(g.pointwise() ? 0 : (channels + chunks - 1) / chunks * g.taps() * stride);
    for (std::size_t task = begin; task < end; ++task) {
      const std::size_t chunk = task % chunks, group = task / chunks;
      const std::size_t c = channels * chunk / chunks, here = channels * (chunk + 1) / chunks - c;
      const real* image = x + (group * channels + c) * g.plane();
      Matrix seen{image, n, true};
      if (!g.pointwise()) {
        Columns(g, 0, n).write(image, 0, here * g.taps(), columns.data(), stride);
        seen = {columns.data(), stride, true};
      }
      Panels(n, here * g.taps(), seen)
          .product(outputs, {dy + group * outputs * n, n},
                   dw + group * outputs * g.patch() + c * g.taps(), g.patch(), true);
    }
  });
}

// dweight^T += columns dy^T. It is added up in parts, whose number depends on the sizes alone.
// dy: (B, O, pixels) -> dw: (O, patch)
void back_to_weight(const ConvGeometry& g, const real* x, const real* dy, real* dw) {
  constexpr std::size_t most_parts = 16, most_entries = 4'000'000;
  const PixelPieces pieces(g);
  const std::size_t channels = g.channels_each(), outputs = g.outputs_each(), patch = g.patch();
  const std::size_t size = g.outputs * patch, sums = g.batch * pieces.count();
  if (size == 0 || sums == 0) return;
  if (sums == 1) return few_pixels_to_weight(g, x, dy, dw);
  const std::size_t parts = std::clamp<std::size_t>(
      std::min({sums, most_entries / size, g.products() / worthwhile_products}), 1, most_parts);
  Tensor part_of = zeros({parts, size}); // each (groups, patch, O / groups)
  const std::size_t chunks =
      std::clamp<std::size_t>(2 * thread_count() / (parts * g.groups), 1, channels);
  share_out(parts * g.groups * chunks, g.products(), worthwhile_products,
            [&](auto begin, auto end) {
              const std::size_t most = (channels + chunks - 1) / chunks * g.taps();
              // Rows a power of two apart would fall into the same few lines of the cache.
              const std::size_t stride = pieces.largest() + 16;
              Numbers columns(g.pointwise() ? 0 : most * stride);
              for (std::size_t task = begin; task < end; ++task) {
                const std::size_t chunk = task % chunks, group = task / chunks % g.groups;
                const std::size_t part = task / chunks / g.groups;
                const std::size_t c = channels * chunk / chunks,
                                  here = channels * (chunk + 1) / chunks - c;
                const std::size_t row = group * patch + c * g.taps();
                for (std::size_t s = sums * part / parts; s < sums * (part + 1) / parts; ++s) {
                  const std::size_t piece = s % pieces.count(), b = s / pieces.count();
                  const std::size_t first = pieces.begin(piece), n = pieces.size(piece);
                  const real* image = x + (b * g.channels + group * channels + c) * g.plane();
                  const real* d = dy + (b * g.outputs + group * outputs) * g.pixels() + first;
                  Matrix seen{image + first, g.pixels()};
                  if (!g.pointwise()) {
                    Columns(g, first, n).write(image, 0, here * g.taps(), columns.data(), stride);
                    seen = {columns.data(), stride};
                  }
                  Panels(n, outputs, Matrix{d, g.pixels(), true})
                      .product(here * g.taps(), seen, part_of.data() + part * size + row * outputs,
                               outputs, true);
                }
              }
            });
  real* total = part_of.data();
  parallel_runs(parts > 1 ? size : 0, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = 1; p < parts; ++p)
      for (std::size_t i = begin; i < end; ++i) total[i] += total[p * size + i];
  });
  for (std::size_t at = 0; at < size; at += outputs * patch) // group by group
    transposed_blocks(outputs, patch,
                      [&](std::size_t from, std::size_t to) { dw[at + to] += total[at + from]; });
}

// What of dy gets past the relu, and added to dbias its sums over pictures and pixels: in one walk,
// for both are bound by memory. y, dy: (B, O, pixels) -> passed: the same, or null without a relu
void pass_relu(const ConvGeometry& g, const real* y, const real* dy, real* passed, real* dbias) {
  const std::size_t n = g.pixels(), planes = g.batch * g.outputs;
  Numbers sums(dbias ? planes : 0);
  share_out(planes, planes * n, worthwhile_steps, [&](std::size_t begin, std::size_t end) {
    for (std::size_t p = begin; p < end; ++p) {
      const std::size_t end_of_plane = passed ? (p + 1) * n : p * n;
      for (std::size_t i = p * n; i < end_of_plane; ++i)
        passed[i] = y[i] <= 0 ? real{0} : dy[i]; // where y is NaN, it goes through
      if (dbias) sums[p] = sum_run((passed ? passed : dy) + p * n, n);
    }
  });
  for (std::size_t p = 0; dbias && p < planes; ++p) dbias[p % g.outputs] += sums[p];
}

} // namespace

//> conv2d
Var conv2d(const Operand& x, const Operand& weight, const Operand& bias, ConvOptions options) {
  const ConvGeometry g(x, weight, bias, options);
  const bool relu = options.relu;
  Tensor out = Tensor::from_shape({g.batch, g.outputs, g.out_h, g.out_w});
  (worth_rows(g)   ? depthwise_rows
   : g.depthwise() ? depthwise
                   : forward)(g, x.value().data(), weight.value().data(), bias.value().data(), relu,
                              out.data());
  if (relu) note_branches(out.size(), [&](std::size_t i) { return out.data()[i] > 0; });
  Var y{std::move(out)};
  return record("conv2d", y, {x, weight, bias}, [x, weight, bias, y, g, relu] {
    Tensor passed; // dy where the relu lets it by
    if (relu) passed = Tensor::from_shape(y.shape());
    const real* dy = relu ? passed.data() : y.grad().data();
    real* dbias = bias.needs_grad() ? bias.grad().data() : nullptr;
    if (relu || dbias)
      pass_relu(g, y.value().data(), y.grad().data(), relu ? passed.data() : nullptr, dbias);
    real* dx = x.needs_grad() ? x.grad().data() : nullptr;
    real* dw = weight.needs_grad() ? weight.grad().data() : nullptr;
    if (g.products() == 0) return; // no channels, no outputs or no pictures
    if (g.depthwise()) {
      if (dx || dw)
        (worth_rows(g) ? depthwise_rows_back : depthwise_back)(g, x.value().data(),
                                                               weight.value().data(), dy, dx, dw);
    } else {
      if (dx) back_to_x(g, dy, weight.value().data(), dx);
      if (dw) back_to_weight(g, x.value().data(), dy, dw);
    }
  });
}
//< conv2d

Var conv2d(const Operand& x, const Operand& weight, ConvOptions options) {
  if (weight.rank() != 4)
    shape_error("conv2d", {x, weight}, "expected (B, C, H, W) x (O, C / groups, kh, kw)");
  return conv2d(x, weight, constant(zeros({weight.shape()[0]})), options);
}

namespace {

ConvOptions checked(const nn::Conv2dOptions& o) {
  check_option("Conv2d", "in_channels", o.in_channels, 1);
  check_option("Conv2d", "out_channels", o.out_channels, 1);
  check_option("Conv2d", "kernel_size", o.kernel_size, 1);
  check_option("Conv2d", "stride", o.stride, 1);
  check_option("Conv2d", "padding", o.padding);
  check_option("Conv2d", "dilation", o.dilation, 1);
  check_option("Conv2d", "groups", o.groups, 1);
  if (o.in_channels % o.groups != 0 || o.out_channels % o.groups != 0)
    bad_option("Conv2d", "groups", fmt::to_string(o.groups),
               fmt::format("a divisor of in_channels, {}, and of out_channels, {}", o.in_channels,
                           o.out_channels));
  return {o.stride, o.padding, o.dilation, o.groups, o.relu};
}

} // namespace

nn::Conv2d::Conv2d(const Conv2dOptions& o, Rng& rng) : options_(checked(o)), has_bias_(o.bias) {
  const Shape shape{o.out_channels, o.in_channels / o.groups, o.kernel_size.height,
                    o.kernel_size.width};
  const std::size_t fan = shape[1] * shape[2] * shape[3];
  weight = Parameter("weight", fan_uniform(shape, fan, rng));
  if (has_bias_) bias = Parameter("bias", fan_uniform({o.out_channels}, fan, rng));
}

nn::Conv2d::Conv2d(Tensor w, Tensor b, const ConvOptions& options)
    : weight("weight", std::move(w)), bias("bias", std::move(b)), options_(options),
      has_bias_(true) {
  if (weight.rank() != 4 || bias.shape() != Shape{weight.shape()[0]})
    throw ShapeError(fmt::format("Conv2d: a weight {} and a bias {}; expected (out, in / groups, "
                                 "kh, kw) and (out)",
                                 to_string(weight.shape()), to_string(bias.shape())));
}

Var nn::Conv2d::operator()(const Operand& x) const {
  const Inside layer = inside(x.caller());
  return has_bias_ ? conv2d(x, weight, bias, options_) : conv2d(x, weight, options_);
}

void nn::Conv2d::visit(Visitor& v) {
  v("weight", weight);
  if (has_bias_) v("bias", bias);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
