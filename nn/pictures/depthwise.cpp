#include "nn/pictures/depthwise.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "autograd/base/simd.hpp"
#include "nn/pictures/shares.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

using Numbers = std::vector<real, PoolAllocator<real>>;

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

// The first `left` lanes of v, and 0 in the others: what stands there may be infinite.
Lanes first_lanes(const Lanes& v, std::size_t left) {
  alignas(64) static constexpr auto number = [] {
    std::array<real, lanes> all{};
    for (std::size_t i = 0; i < lanes; ++i) all[i] = static_cast<real>(i);
    return all;
  }();
  return xsimd::select(Lanes::load_aligned(number.data()) < Lanes(static_cast<real>(left)), v,
                       Lanes(real{0}));
}

// Calls f(x, left) for every register of a row; `left` entries of the last one are the row's.
template <class F> void for_registers(std::size_t width, F f) {
  for (std::size_t x = 0; x < width; x += lanes) f(x, std::min(lanes, width - x));
}

real total(const Lanes& v) { // xsimd's own has another name in every release
  alignas(64) std::array<real, lanes> all;
  v.store_aligned(all.data());
  return std::accumulate(all.begin(), all.end(), real{0});
}

Lanes load(const real* from, std::size_t left) {
  return left == lanes ? WholeLanes{0}.load(from) : LastLanes{0, left}.load(from);
}
void store(real* to, const Lanes& v, std::size_t left) {
  left == lanes ? WholeLanes{0}.store(to, v) : LastLanes{0, left}.store(to, v);
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
  share_out(g.channels, 2 * g.products(), worthwhile_steps * lanes, [&](auto begin, auto end) {
    Framed in(g), din(g);
    std::vector<Lanes, PoolAllocator<Lanes>> sums(each * taps);
    for (std::size_t c = begin; c < end; ++c) {
      std::fill(sums.begin(), sums.end(), Lanes(real{0}));
      for (std::size_t b = 0; b < g.batch; ++b) {
        const std::size_t plane = b * g.channels + c;
        if (dweight) in.take(x + plane * g.plane());
        if (dx) din.clear();
        for (std::size_t e = 0; e < each; ++e)
          for (std::size_t oy = 0; oy < g.out_h; ++oy) {
            const real* d = dy + (plane * each + e) * g.pixels() + oy * g.out_w;
            const std::size_t row = in.row(oy);
            for (std::size_t t = 0; t < taps; ++t) {
              const Lanes w(weight[(c * each + e) * taps + t]);
              const real* seen = in.data.data() + row + in.taps[t];
              real* dseen = din.data.data() + row + in.taps[t];
              Lanes& sum = sums[e * taps + t];
              for_registers(g.out_w, [&](std::size_t ox, std::size_t left) {
                const Lanes arrived = load(d + ox, left);
                if (dx) {
                  Lanes part = w * arrived;
                  if (left < lanes) part = first_lanes(part, left);
                  (Lanes::load_unaligned(dseen + ox) + part).store_unaligned(dseen + ox);
                }
                if (dweight) {
                  Lanes value = Lanes::load_unaligned(seen + ox);
                  if (left < lanes) value = first_lanes(value, left);
                  sum = xsimd::fma(arrived, value, sum);
                }
              });
            }
          }
        if (dx) din.add_to(dx + plane * g.plane());
      }
      for (std::size_t t = 0; dweight && t < each * taps; ++t)
        dweight[c * each * taps + t] += total(sums[t]);
    }
  });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
