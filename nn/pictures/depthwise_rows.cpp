#include "nn/pictures/depthwise_rows.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "nn/pictures/shares.hpp"
#include "nn/pictures/some_lanes.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// What is read, of `height` x `width`, and what is collected from it.
struct RowWalk {
  std::size_t height, width, out_h, out_w, top, left;
};

// The outputs of columns column .. column + lanes - 1, and what each column of taps sees of a row.
struct Strip {
  std::size_t column;
  SomeLanes outputs, seen[3];

  Strip(const RowWalk& g, std::size_t first)
      : column(first), outputs(0, n(g)), seen{tap(g, 0), tap(g, 1), tap(g, 2)} {}

  // row: of what is read
  Lanes load(const RowWalk& g, const real* row, std::size_t tap) const {
    return seen[tap].load(row + static_cast<std::ptrdiff_t>(column + tap - g.left));
  }

private:
  std::size_t n(const RowWalk& g) const { return std::min(lanes, g.out_w - column); }
  SomeLanes tap(const RowWalk& g, std::size_t j) const {
    const std::size_t at = column + j; // in the row with its padding
    const std::size_t begin = at < g.left ? std::min(g.left - at, n(g)) : 0;
    const std::size_t end = at < g.left + g.width ? std::min(g.left + g.width - at, n(g)) : 0;
    return {begin, end};
  }
};

// Calls f(step, row) for step = 0 .. out_h + 1: the row of what is read that output row `step` sees
// first, step - 1 in the middle and step - 2 last, or null where it lies in the padding.
template <class F> void walk_down(const RowWalk& g, const real* from, const Strip& strip, F f) {
  for (std::size_t step = 0; step < g.out_h + 2; ++step) {
    const bool there = step >= g.top && step - g.top < g.height;
    const real* row = from + (there ? step - g.top : 0) * g.width;
    const Lanes seen[3] = {strip.load(g, row, 0), strip.load(g, row, 1), strip.load(g, row, 2)};
    f(step, there ? seen : nullptr);
  }
}

// w[0] seen[0] + w[1] seen[1] + w[2] seen[2], a chain of its own
Lanes row_sum(const Lanes* w, const Lanes* seen) {
  return xsimd::fma(w[2], seen[2], xsimd::fma(w[1], seen[1], w[0] * seen[0]));
}

// plane: (H, W), w: (3, 3) -> y: (H', W')
void forward_rows(const RowWalk& g, const real* plane, const Lanes* w, const Lanes& shift,
                  bool relu, real* y) {
  const Lanes zero(real{0});
  for (std::size_t column = 0; column < g.out_w; column += lanes) {
    const Strip strip(g, column);
    Lanes last = shift, middle = shift; // of the outputs of rows step - 2 and step - 1
    walk_down(g, plane, strip, [&](std::size_t step, const Lanes* seen) {
      Lanes first = shift; // of row step
      if (seen) {
        first += row_sum(w, seen);
        middle += row_sum(w + 3, seen);
        last += row_sum(w + 6, seen);
      }
      if (relu) last = xsimd::select(last <= zero, zero, last); // NaN stays
      if (step >= 2) strip.outputs.store(y + (step - 2) * g.out_w + column, last);
      last = middle, middle = first;
    });
  }
}

// dy: (H', W'), x: (H, W), w: (3, 3), turned round -> added to dx, (H, W), and to dw, (3, 3),
// turned round as well, a register of partial sums each. Either may be null.
template <bool to_x, bool to_w>
void back_rows(const RowWalk& g, const real* dy, const real* x, const Lanes* w, real* dx,
               Lanes* dw) {
  Lanes sums[9];
  for (std::size_t t = 0; to_w && t < 9; ++t) sums[t] = dw[t];
  for (std::size_t column = 0; column < g.out_w; column += lanes) {
    const Strip strip(g, column);
    const Lanes zero(real{0});
    Lanes last = zero, middle = zero, x_last = zero, x_middle = zero;
    walk_down(g, dy, strip, [&](std::size_t step, const Lanes* seen) {
      Lanes first = zero, x_first = zero;
      if (step < g.out_h) {
        const std::size_t at = step * g.out_w + column;
        if (to_x) first = strip.outputs.load(dx + at);
        if (to_w) x_first = strip.outputs.load(x + at);
      }
      if (seen && to_x) {
        first += row_sum(w, seen);
        middle += row_sum(w + 3, seen);
        last += row_sum(w + 6, seen);
      }
      if (seen && to_w)
        for (std::size_t j = 0; j < 3; ++j) {
          sums[j] = xsimd::fma(x_first, seen[j], sums[j]);
          sums[3 + j] = xsimd::fma(x_middle, seen[j], sums[3 + j]);
          sums[6 + j] = xsimd::fma(x_last, seen[j], sums[6 + j]);
        }
      if (to_x && step >= 2) strip.outputs.store(dx + (step - 2) * g.out_w + column, last);
      last = middle, middle = first;
      x_last = x_middle, x_middle = x_first;
    });
  }
  for (std::size_t t = 0; to_w && t < 9; ++t) dw[t] = sums[t];
}

real lanes_total(const Lanes& v) { // xsimd's own has another name in every release
  alignas(64) std::array<real, lanes> all;
  v.store_aligned(all.data());
  return std::accumulate(all.begin(), all.end(), real{0});
}

} // namespace

bool worth_rows(const ConvGeometry& g) {
#ifdef __AVX512F__
  return g.depthwise() && std::max(g.width, g.out_w) <= 2 * lanes && g.outputs_each() == 1 &&
         g.kernel_h == 3 && g.kernel_w == 3 && g.stride == Size2d(1) && g.dilation == Size2d(1) &&
         g.top <= 2 && g.left <= 2;
#else
  return false;
#endif
}

void depthwise_rows(const ConvGeometry& g, const real* x, const real* weight, const real* bias,
                    bool relu, real* y) {
  const RowWalk forward{g.height, g.width, g.out_h, g.out_w, g.top, g.left};
  share_out(
      g.batch * g.channels, g.products(), worthwhile_steps * lanes, [&](auto begin, auto end) {
        for (std::size_t p = begin; p < end; ++p) {
          const std::size_t c = p % g.channels;
          Lanes w[9];
          for (std::size_t t = 0; t < 9; ++t) w[t] = Lanes(weight[9 * c + t]);
          forward_rows(forward, x + p * g.plane(), w, Lanes(bias[c]), relu, y + p * g.pixels());
        }
      });
}

void depthwise_rows_back(const ConvGeometry& g, const real* x, const real* weight, const real* dy,
                         real* dx, real* dweight) {
  const RowWalk back{g.out_h, g.out_w, g.height, g.width, 2 - g.top, 2 - g.left};
  const auto rows = !dweight ? back_rows<true, false>
                    : !dx    ? back_rows<false, true>
                             : back_rows<true, true>;
  share_out(g.channels, 2 * g.products(), worthwhile_steps * lanes, [&](auto begin, auto end) {
    for (std::size_t c = begin; c < end; ++c) {
      Lanes w[9], dw[9];
      for (std::size_t t = 0; t < 9; ++t)
        w[t] = Lanes(weight[9 * c + 8 - t]), dw[t] = Lanes(real{0});
      for (std::size_t b = 0; b < g.batch; ++b) {
        const std::size_t p = b * g.channels + c;
        rows(back, dy + p * g.pixels(), x + p * g.plane(), w, dx ? dx + p * g.plane() : nullptr,
             dw);
      }
      for (std::size_t t = 0; dweight && t < 9; ++t) dweight[9 * c + 8 - t] += lanes_total(dw[t]);
    }
  });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
