#include "nn/pictures/depthwise.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

#include "autograd/base/simd.hpp"
#include "nn/pictures/shares.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

using Numbers = std::vector<real, PoolAllocator<real>>;

// Calls f(x, left) for every register of a row; `left` entries of the last one are the row's.
template <class F> void for_registers(std::size_t width, F f) {
  for (std::size_t x = 0; x < width; x += lanes) f(x, std::min(lanes, width - x));
}

real total(const Lanes& v) { // xsimd's own has another name in every release
  alignas(64) std::array<real, lanes> all;
  v.store_aligned(all.data());
  return std::accumulate(all.begin(), all.end(), real{0});
}

// A register of which only the first `left` lanes are read, or written; AVX-512 can leave lanes
// out.
#ifdef __AVX512F__
auto lane_mask(std::size_t left) {
  return static_cast<std::conditional_t<lanes == 16, __mmask16, __mmask8>>((1u << left) - 1);
}
#endif
Lanes load(const real* from, std::size_t left) {
  if (left == lanes) return Lanes::load_unaligned(from);
#if defined(__AVX512F__) && defined(TAPESTRY_DOUBLE)
  return _mm512_maskz_loadu_pd(lane_mask(left), from);
#elif defined(__AVX512F__)
  return _mm512_maskz_loadu_ps(lane_mask(left), from);
#else
  return LastLanes{0, left}.load(from);
#endif
}
void store(real* to, const Lanes& v, std::size_t left) {
  if (left == lanes) return v.store_unaligned(to);
#if defined(__AVX512F__) && defined(TAPESTRY_DOUBLE)
  _mm512_mask_storeu_pd(to, lane_mask(left), v);
#elif defined(__AVX512F__)
  _mm512_mask_storeu_ps(to, lane_mask(left), v);
#else
  LastLanes{0, left}.store(to, v);
#endif
}

// A plane with its padding, in which every tap finds its neighbours side by side, whatever the
// stride: with a stride of 2, a row holds first its even columns and then its odd ones. What tap t
// sees for output (oy, ox) is entry row(oy) + taps[t] + ox.
class Framed {
public:
  explicit Framed(const ConvGeometry& g)
      : g_(g), phases_(g.stride.width),
        phase_width_(g.out_w + (g.kernel_w - 1) * g.dilation.width / phases_),
        rows_((g.out_h - 1) * g.stride.height + (g.kernel_h - 1) * g.dilation.height + 1),
        data(rows_ * phases_ * phase_width_ + lanes, real{0}) { // one may read beyond the end
    for (std::size_t i = 0; i < g.kernel_h; ++i)
      for (std::size_t j = 0; j < g.kernel_w; ++j)
        taps.push_back(i * g.dilation.height * phases_ * phase_width_ +
                       place(j * g.dilation.width));
  }

  std::size_t row(std::size_t oy) const { return oy * g_.stride.height * phases_ * phase_width_; }

  // plane: (H, W); its entries are put in their places; the padding stays 0.
  void take(const real* plane) {
    for_each_run([&](std::size_t from, std::size_t to, std::size_t n) {
      if (phases_ == 1)
        std::copy_n(plane + from, n, &data[to]);
      else
        for (std::size_t k = 0; k < n; ++k) data[to + k] = plane[from + k * phases_];
    });
  }
  void add_to(real* plane) const {
    for_each_run([&](std::size_t to, std::size_t from, std::size_t n) {
      for (std::size_t k = 0; k < n; ++k) plane[to + k * phases_] += data[from + k];
    });
  }
  void clear() { std::fill(data.begin(), data.end(), real{0}); }

private:
  const ConvGeometry& g_;
  std::size_t phases_, phase_width_, rows_;

  std::size_t place(std::size_t column) const {
    return column % phases_ * phase_width_ + column / phases_;
  }

  // run(plane's entry, own entry, n) for entries that stand side by side here, and every
  // `phases`-th there. What no tap sees, right and below, is left out.
  template <class Run> void for_each_run(Run run) const {
    const std::size_t bottom = std::min(g_.height, rows_ > g_.top ? rows_ - g_.top : 0);
    for (std::size_t y = 0; y < bottom; ++y)
      for (std::size_t x = 0; x < std::min(phases_, g_.width); ++x) {
        const std::size_t column = x + g_.left, skipped = column / phases_;
        if (skipped >= phase_width_) continue;
        const std::size_t n =
            std::min((g_.width - x + phases_ - 1) / phases_, phase_width_ - skipped);
        run(y * g_.width + x, (y + g_.top) * phases_ * phase_width_ + place(column), n);
      }
  }

public:
  std::vector<std::size_t, PoolAllocator<std::size_t>> taps;
  Numbers data;
};

// dx from dy is a convolution itself, with the kernel turned round, if the stride is 1 and every
// channel has one output: each pixel collects what it gave. The other way, each gradient handed out
// to the pixels that it came from, has to wait for neighbours that were just written.
bool collects(const ConvGeometry& g) {
  return g.stride == Size2d(1) && g.outputs_each() == 1 &&
         g.top <= (g.kernel_h - 1) * g.dilation.height &&
         g.left <= (g.kernel_w - 1) * g.dilation.width;
}
ConvGeometry turned_round(ConvGeometry g) {
  std::swap(g.height, g.out_h);
  std::swap(g.width, g.out_w);
  g.top = (g.kernel_h - 1) * g.dilation.height - g.top;
  g.left = (g.kernel_w - 1) * g.dilation.width - g.left;
  return g;
}
// g: turned round; dy, framed, of one plane, w: (taps) -> dx: (H, W). fixed_taps: their number, so
// that they stay in registers, or 0.
template <std::size_t fixed_taps>
void collect(const ConvGeometry& g, const Framed& dy, const real* w, real* dx) {
  const std::size_t taps = fixed_taps ? fixed_taps : g.taps();
  for (std::size_t y = 0; y < g.out_h; ++y, dx += g.out_w) {
    const real* from = dy.data.data() + dy.row(y);
    for_registers(g.out_w, [&](std::size_t x, std::size_t left) {
      Lanes sum = load(dx + x, left);
      for (std::size_t t = 0; t < taps; ++t)
        sum = xsimd::fma(Lanes(w[taps - 1 - t]), Lanes::load_unaligned(from + dy.taps[t] + x), sum);
      store(dx + x, sum, left);
    });
  }
}

// x, framed, of one plane, dy: (H', W') -> added to sums, (taps), a register of partial sums each
template <std::size_t fixed_taps>
void weigh(const ConvGeometry& g, const Framed& x, const real* dy, Lanes* sums) {
  const std::size_t taps = fixed_taps ? fixed_taps : g.taps();
  Lanes own[fixed_taps + 1];
  Lanes* sum = fixed_taps ? own : sums;
  if (fixed_taps) std::copy_n(sums, taps, own);
  for (std::size_t y = 0; y < g.out_h; ++y, dy += g.out_w) {
    const real* seen = x.data.data() + x.row(y);
    for_registers(g.out_w, [&](std::size_t ox, std::size_t left) {
      const Lanes arrived = load(dy + ox, left);
      for (std::size_t t = 0; t < taps; ++t)
        sum[t] = xsimd::fma(arrived, load(seen + x.taps[t] + ox, left), sum[t]);
    });
  }
  if (fixed_taps) std::copy_n(own, taps, sums);
}

// dy: (H', W'), w: (taps) -> added to dx, framed
void spread(const ConvGeometry& g, const real* dy, const real* w, Framed& dx) {
  for (std::size_t y = 0; y < g.out_h; ++y, dy += g.out_w)
    for_registers(g.out_w, [&](std::size_t ox, std::size_t left) {
      const Lanes arrived = load(dy + ox, left);
      for (std::size_t t = 0; t < g.taps(); ++t) {
        real* to = &dx.data[dx.row(y) + dx.taps[t] + ox];
        store(to, xsimd::fma(Lanes(w[t]), arrived, load(to, left)), left);
      }
    });
}

} // namespace

//> depthwise
void depthwise(const ConvGeometry& g, const real* x, const real* weight, const real* bias,
               bool relu, real* y) {
  const std::size_t taps = g.taps(), each = g.outputs_each();
  share_out(
      g.batch * g.channels, g.products(), worthwhile_steps * lanes, [&](auto begin, auto end) {
        Framed in(g);
        for (std::size_t p = begin; p < end; ++p) { // planes of x, each with its `each` of y
          in.take(x + p * g.plane());
          for (std::size_t o = p * each; o < (p + 1) * each; ++o) {
            const real* w = weight + o % g.outputs * taps;
            const Lanes shift(bias[o % g.outputs]), zero(real{0});
            for (std::size_t oy = 0; oy < g.out_h; ++oy) {
              const real* from = in.data.data() + in.row(oy);
              real* to = y + o * g.pixels() + oy * g.out_w;
              for_registers(g.out_w, [&](std::size_t ox, std::size_t left) {
                Lanes sum = shift;
                for (std::size_t t = 0; t < taps; ++t)
                  sum = xsimd::fma(Lanes(w[t]), Lanes::load_unaligned(from + in.taps[t] + ox), sum);
                if (relu) sum = xsimd::select(sum <= zero, zero, sum); // NaN stays
                store(to + ox, sum, left);
              });
            }
          }
        }
      });
}
//< depthwise

void depthwise_back(const ConvGeometry& g, const real* x, const real* weight, const real* dy,
                    real* dx, real* dweight) {
  const std::size_t taps = g.taps(), each = g.outputs_each();
  const bool collected = collects(g);
  const ConvGeometry back = collected ? turned_round(g) : g;
  const auto weigh_plane = taps == 9 ? weigh<9> : weigh<0>;
  const auto collect_plane = taps == 9 ? collect<9> : collect<0>;
  share_out(g.channels, 2 * g.products(), worthwhile_steps * lanes, [&](auto begin, auto end) {
    Framed in(g), din(back); // din: dy, if it is collected; else dx
    std::vector<Lanes, PoolAllocator<Lanes>> sums(each * taps);
    for (std::size_t c = begin; c < end; ++c) {
      std::fill(sums.begin(), sums.end(), Lanes(real{0}));
      for (std::size_t b = 0; b < g.batch; ++b) {
        const std::size_t plane = b * g.channels + c;
        const real* d = dy + plane * each * g.pixels();
        const real* w = weight + c * each * taps;
        if (dweight) in.take(x + plane * g.plane());
        for (std::size_t e = 0; dweight && e < each; ++e)
          weigh_plane(g, in, d + e * g.pixels(), &sums[e * taps]);
        if (!dx) continue;
        if (collected) {
          din.take(d);
          collect_plane(back, din, w, dx + plane * g.plane());
        } else {
          din.clear();
          for (std::size_t e = 0; e < each; ++e) spread(g, d + e * g.pixels(), w + e * taps, din);
          din.add_to(dx + plane * g.plane());
        }
      }
      for (std::size_t t = 0; dweight && t < each * taps; ++t)
        dweight[c * each * taps + t] += total(sums[t]);
    }
  });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
