#include "nn/pictures/columns.hpp"

#include <algorithm>

#include "autograd/base/simd.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// to[k] = from[k * step]. The last register may overlap the one before it: so no rest is left.
inline void copy_run(const real* from, std::size_t step, std::size_t n, real* to) {
  if (step != 1) {
    for (std::size_t k = 0; k < n; ++k) to[k] = from[k * step];
  } else if (n < lanes) {
    for (std::size_t k = 0; k < n; ++k) to[k] = from[k];
  } else {
    for (std::size_t k = 0; k + lanes < n; k += lanes)
      Lanes::load_unaligned(from + k).store_unaligned(to + k);
    Lanes::load_unaligned(from + n - lanes).store_unaligned(to + n - lanes);
  }
}

} // namespace

Columns::Columns(const ConvGeometry& g, std::size_t first, std::size_t n) : g_(g) {
  runs_.reserve(n / g.out_w + 2);
  for (std::size_t at = 0; at < n;) {
    const std::size_t oy = (first + at) / g.out_w, ox = (first + at) % g.out_w;
    const std::size_t here = std::min(n - at, g.out_w - ox);
    runs_.push_back({static_cast<std::ptrdiff_t>(oy * g.stride.height - g.top),
                     static_cast<std::ptrdiff_t>(ox * g.stride.width - g.left), at, here});
    at += here;
  }
}

Columns::Seen Columns::seen(const Run& run, std::size_t i, std::size_t j) const {
  const std::ptrdiff_t y = run.y + static_cast<std::ptrdiff_t>(i * g_.dilation.height);
  const std::ptrdiff_t x = run.x + static_cast<std::ptrdiff_t>(j * g_.dilation.width);
  const std::ptrdiff_t width = static_cast<std::ptrdiff_t>(g_.width);
  const std::ptrdiff_t step = static_cast<std::ptrdiff_t>(g_.stride.width);
  const std::ptrdiff_t n = static_cast<std::ptrdiff_t>(run.n);
  if (y < 0 || y >= static_cast<std::ptrdiff_t>(g_.height)) return {run.n, run.n, 0};
  // x + k step must lie in 0 .. width-1
  std::ptrdiff_t begin = 0, end = n;
  if (x < 0) begin = std::min(n, (step - 1 - x) / step);
  if (x + (n - 1) * step >= width) end = x < width ? (width - x + step - 1) / step : 0;
  if (begin >= end) return {run.n, run.n, 0};
  return {static_cast<std::size_t>(begin), static_cast<std::size_t>(end),
          static_cast<std::size_t>(y * width + x + begin * step)};
}

void Columns::write(const real* image, std::size_t first_row, std::size_t rows, real* to,
                    std::size_t stride) const {
  std::size_t c = first_row / g_.taps(), i = first_row % g_.taps() / g_.kernel_w,
              j = first_row % g_.kernel_w;
  for (std::size_t row = 0; row < rows; ++row, to += stride) {
    const real* plane = image + c * g_.plane();
    for (const Run& run : runs_) {
      const Seen s = seen(run, i, j);
      real* here = to + run.at;
      for (std::size_t k = 0; k < s.begin; ++k) here[k] = 0;
      copy_run(plane + s.from, g_.stride.width, s.end - s.begin, here + s.begin);
      for (std::size_t k = s.end; k < run.n; ++k) here[k] = 0;
    }
    if (++j == g_.kernel_w) j = 0, ++i;
    if (i == g_.kernel_h) i = 0, ++c;
  }
}

void Columns::add_to(real* image, std::size_t channels, const real* columns,
                     std::size_t stride) const {
  const std::size_t step = g_.stride.width;
  for (std::size_t c = 0; c < channels; ++c, image += g_.plane())
    for (std::size_t i = 0; i < g_.kernel_h; ++i)
      for (std::size_t j = 0; j < g_.kernel_w; ++j, columns += stride)
        for (const Run& run : runs_) {
          const Seen s = seen(run, i, j);
          const std::size_t n = s.end - s.begin;
          const real* in = columns + run.at + s.begin;
          real* out = image + s.from;
          if (step == 1)
            for (std::size_t k = 0; k < n; ++k) out[k] += in[k];
          else
            for (std::size_t k = 0; k < n; ++k) out[k * step] += in[k];
        }
}

Panels panels_of(const ConvGeometry& g, const real* image, std::size_t first, std::size_t n) {
  if (g.pointwise()) return {g.patch(), n, Matrix{image + first, g.pixels()}};
  const auto write = [&](const Panels::Piece& p) {
    Columns(g, first + p.first_column, p.columns).write(image, p.first_row, p.rows, p.to, p.stride);
  };
  return {g.patch(), n, std::ref(write)};
}

PixelPieces::PixelPieces(const ConvGeometry& g) : pixels_(g.pixels()) {
  constexpr std::size_t cached = (std::size_t{1} << 18) / sizeof(real); // 256 KB
  const std::size_t rows = std::max({g.patch(), g.outputs_each(), std::size_t{1}});
  const std::size_t n = std::max(3 * lanes, cached / rows); // a panel's width at least
  count_ = (pixels_ + n - 1) / n;
}

std::size_t PixelPieces::begin(std::size_t piece) const { // a multiple of a register, or the end
  const std::size_t registers = (pixels_ + lanes - 1) / lanes;
  return std::min(pixels_, registers * piece / count_ * lanes);
}

std::size_t PixelPieces::largest() const {
  std::size_t most = 0;
  for (std::size_t p = 0; p < count_; ++p) most = std::max(most, size(p));
  return most;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
