#include "nn/pictures/columns.hpp"

#include <algorithm>

namespace tapestry::inline TAPESTRY_PRECISION {

Columns::Columns(const ConvGeometry& g, std::size_t first, std::size_t n) : g_(g), runs_(0) {
  const auto for_runs = [&](auto f) {
    for (std::size_t at = 0, run = 0; at < n; ++run) {
      const std::size_t oy = (first + at) / g.out_w, ox = (first + at) % g.out_w;
      const std::size_t here = std::min({n - at, g.out_w - ox, lanes});
      f(run, at, here, oy, ox);
      at += here;
    }
  };
  for_runs([&](auto...) { ++runs_; });
  seen_.resize(g.taps() * runs_);
  for_runs([&](std::size_t run, std::size_t at, std::size_t here, std::size_t oy, std::size_t ox) {
    const std::size_t before = oy / g.out_h * g.channels * g.plane(); // the pictures before this
    const std::size_t top = oy % g.out_h * g.stride.height, column = ox * g.stride.width;
    for (std::size_t j = 0; j < g.kernel_w; ++j) {
      const Seen there = seen(at, here, column + j * g.dilation.width);
      for (std::size_t i = 0; i < g.kernel_h; ++i) {
        const std::size_t row = top + i * g.dilation.height; // of the picture with its padding
        Seen& s = seen_[(i * g.kernel_w + j) * runs_ + run] = there;
        s.from += static_cast<std::ptrdiff_t>(before + (row - g.top) * g.width);
        if (row < g.top || row - g.top >= g.height) s.there = s.low = s.high = {};
      }
    }
  });
}

// What n outputs see of a row, from `column` on, counted from the padding's first.
Columns::Seen Columns::seen(std::size_t at, std::size_t n, std::size_t column) const {
  const std::size_t step = g_.stride.width;
  std::size_t begin = 0, end = n;
  if (column < g_.left) begin = std::min(n, (g_.left - column + step - 1) / step);
  if (column + (n - 1) * step >= g_.left + g_.width)
    end = column < g_.left + g_.width ? (g_.left + g_.width - column + step - 1) / step : 0;
  Seen s{at,     static_cast<std::ptrdiff_t>(column) - static_cast<std::ptrdiff_t>(g_.left),
         {0, n}, {begin, end},
         {},     {}};
  if (step == 2 && begin < end) { // of the last one, its neighbour is not read
    s.low = {std::min(2 * begin, lanes), std::min(2 * end - 1, lanes)};
    s.high = {std::max(2 * begin, lanes) - lanes, std::max(2 * end - 1, lanes) - lanes};
  }
  return s;
}

void Columns::write(const real* image, std::size_t first_row, std::size_t rows, real* to,
                    std::size_t stride) const {
  const std::size_t step = g_.stride.width;
  const PickedLanes every_second([](std::size_t k) { return 2 * k; });
  const real* plane = image + first_row / g_.taps() * g_.plane();
  std::size_t tap = first_row % g_.taps();
  for (std::size_t row = 0; row < rows; ++row, to += stride) {
    const Seen* s = &seen_[tap * runs_];
    const Seen* end = s + runs_;
    if (step == 1)
      for (; s != end; ++s) s->run.store(to + s->at, s->there.load(plane + s->from));
    else if (step == 2)
      for (; s != end; ++s) {
        const real* from = plane + s->from;
        s->run.store(to + s->at, every_second(s->low.load(from), s->high.load(from + lanes)));
      }
    else
      for (; s != end; ++s) {
        s->run.store(to + s->at, Lanes(real{0}));
        for (std::size_t k = s->there.begin(); k < s->there.end(); ++k)
          to[s->at + k] = plane[s->from + static_cast<std::ptrdiff_t>(k * step)];
      }
    if (++tap == g_.taps()) tap = 0, plane += g_.plane();
  }
}

void Columns::add_to(real* image, std::size_t channels, const real* columns,
                     std::size_t stride) const {
  const std::ptrdiff_t step = static_cast<std::ptrdiff_t>(g_.stride.width);
  for (std::size_t c = 0; c < channels; ++c, image += g_.plane())
    for (std::size_t tap = 0; tap < g_.taps(); ++tap, columns += stride)
      for (std::size_t r = 0; r < runs_; ++r) {
        const Seen& s = seen_[tap * runs_ + r];
        const real* in = columns + s.at;
        real* out = image + s.from;
        if (step == 1)
          s.there.store(out, s.there.load(out) + s.there.load(in));
        else
          for (std::size_t k = s.there.begin(); k < s.there.end(); ++k)
            out[static_cast<std::ptrdiff_t>(k) * step] += in[k];
      }
}

Panels panels_of(const ConvGeometry& g, const real* image, std::size_t first, std::size_t n) {
  if (g.pointwise()) return {g.patch(), n, Matrix{image + first, g.pixels()}};
  const auto write = [&](const Panels::Piece& p) {
    Columns(g, first + p.first_column, p.columns).write(image, p.first_row, p.rows, p.to, p.stride);
  };
  return {g.patch(), n, std::ref(write)};
}

PixelPieces::PixelPieces(const ConvGeometry& g, std::size_t pictures)
    : pixels_(pictures * g.pixels()) {
  constexpr std::size_t cached = (std::size_t{1} << 18) / sizeof(real); // 256 KB
  constexpr std::size_t panel = 3 * lanes;
  const std::size_t rows = std::max({g.patch(), g.outputs_each(), std::size_t{1}});
  const std::size_t n = std::max(cached / rows / panel, std::size_t{1}) * panel;
  count_ = pixels_ <= panel + lanes ? 1 : (pixels_ + n - 1) / n; // not a register alone
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
