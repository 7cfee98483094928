#include "nn/pictures/winograd.hpp"

#include <algorithm>
#include <vector>

#include "autograd/base/panels.hpp"
#include "nn/pictures/shares.hpp"
#include "nn/pictures/some_lanes.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

constexpr std::size_t tile_numbers = 16; // that a tile becomes

// A convolution forward, or dx of one: what is read, and what is written.
struct TiledConv {
  std::size_t batch, channels, height, width; // x: (B, C, H, W)
  std::size_t outputs, out_h, out_w;          // y: (B, O, H', W')
  std::size_t top, left;

  std::size_t down() const { return (out_h + 1) / 2; } // tiles
  std::size_t across() const { return (out_w + 1) / 2; }
  std::size_t tiles() const { return batch * down() * across(); }
  // Tiles at a time: a few registers, as many as 16 numbers of all channels leave room for.
  std::size_t piece() const {
    constexpr std::size_t most = 1'800'000 / sizeof(real);
    return lanes *
           std::clamp<std::size_t>(most / (tile_numbers * lanes * (channels + outputs)), 1, 3);
  }
};

// Neighbours in a row of tiles, `most` of them at most; the first is number `at` of its piece.
struct TileRun {
  std::size_t image, row, column, at, n;
};
template <class F>
void for_runs(const TiledConv& g, std::size_t first, std::size_t n, std::size_t most, F f) {
  for (std::size_t at = 0; at < n;) {
    const std::size_t tile = first + at, column = tile % g.across(), row = tile / g.across();
    const std::size_t here = std::min({n - at, g.across() - column, most});
    f(TileRun{row / g.down(), row % g.down(), column, at, here});
    at += here;
  }
}

// Where the tiles of a register see their inputs, the same in every channel: those of one run, and
// behind them those of the next. Of each run, half a register's tiles see a whole register, and
// another one two columns further on.
struct SeenTiles {
  std::size_t at, n;
  std::ptrdiff_t from[2] = {}; // of the first channel
  SomeLanes there[2][4][2];    // (run, row, register)
  PickedLanes even, odd;

  SeenTiles(const TiledConv& g, const TileRun& a, const TileRun& b)
      : at(a.at), n(a.n + b.n), even([&](std::size_t k) { return place(a.n, k); }),
        odd([&](std::size_t k) { return place(a.n, k) + 1; }) {
    for (const TileRun* run : {&a, &b}) {
      const std::size_t r = run == &b;
      from[r] = static_cast<std::ptrdiff_t>(
          run->image * g.channels * g.height * g.width + // may be before the picture
          (2 * run->row - g.top) * g.width + 2 * run->column - g.left);
      for (std::size_t i = 0; i < 4; ++i)
        for (std::size_t s = 0; s < 2; ++s) {
          const std::size_t y = 2 * run->row + i, x = 2 * (run->column + s); // in the padding's
          if (run->n == 0 || y < g.top || y - g.top >= g.height) continue;
          there[r][i][s] = {x < g.left ? std::min(g.left - x, lanes) : 0,
                            x < g.left + g.width ? std::min(g.left + g.width - x, lanes) : 0};
        }
    }
  }

private:
  static std::size_t place(std::size_t n, std::size_t tile) {
    return tile < n ? 2 * tile : std::min(lanes + 2 * (tile - n), 2 * lanes - 2);
  }
};

using SeenList = std::vector<SeenTiles, PoolAllocator<SeenTiles>>;

void find_tiles(const TiledConv& g, std::size_t first, std::size_t n, SeenList& list) {
  list.clear();
  TileRun waits{};
  for_runs(g, first, n, lanes / 2, [&](const TileRun& run) {
    if (waits.n > 0) list.emplace_back(g, waits, run);
    waits = waits.n > 0 ? TileRun{} : run;
  });
  if (waits.n > 0) list.emplace_back(g, waits, TileRun{});
}

// B^T x B. plane: (H, W) of the first picture -> to[k * step + tile], a whole register of each k
// whatever t.n is
void tiles_in(const SeenTiles& t, const real* plane, std::size_t width, real* to,
              std::size_t step) {
  Lanes down[4][2][2]; // of B^T x: (row, register, run)
  for (std::size_t s = 0; s < 2; ++s)
    for (std::size_t r = 0; r < 2; ++r) {
      Lanes x[4];
      for (std::size_t i = 0; i < 4; ++i)
        x[i] = t.there[r][i][s].load(plane + t.from[r] +
                                     static_cast<std::ptrdiff_t>(i * width + 2 * s));
      down[0][s][r] = x[0] - x[2], down[1][s][r] = x[1] + x[2];
      down[2][s][r] = x[2] - x[1], down[3][s][r] = x[1] - x[3];
    }
  for (std::size_t i = 0; i < 4; ++i, to += 4 * step) {
    const Lanes *near = down[i][0], *far = down[i][1];
    const Lanes x0 = t.even(near[0], near[1]), x1 = t.odd(near[0], near[1]),
                x2 = t.even(far[0], far[1]), x3 = t.odd(far[0], far[1]);
    (x0 - x2).store_unaligned(to);
    (x1 + x2).store_unaligned(to + step);
    (x2 - x1).store_unaligned(to + 2 * step);
    (x1 - x3).store_unaligned(to + 3 * step);
  }
}

// A^T m A. m[k * step + tile] -> y: two rows of 2 lanes, of which 2 run.n are meant
void tiles_out(const real* m, std::size_t step, real (*y)[2 * lanes]) {
  real down[2][4][lanes];
  for (std::size_t j = 0; j < 4; ++j)
    for (std::size_t t = 0; t < lanes; ++t) {
      const real* k = m + j * step + t;
      down[0][j][t] = k[0] + k[4 * step] + k[8 * step];
      down[1][j][t] = k[4 * step] - k[8 * step] - k[12 * step];
    }
  for (std::size_t i = 0; i < 2; ++i)
    for (std::size_t t = 0; t < lanes; ++t) {
      y[i][2 * t] = down[i][0][t] + down[i][1][t] + down[i][2][t];
      y[i][2 * t + 1] = down[i][1][t] - down[i][2][t] - down[i][3][t];
    }
}

// G w G^T, entry k at to[k * step]. w: (3, 3), or read backwards
void kernel_in(const real* w, bool backwards, real* to, std::size_t step) {
  real down[4][3];
  for (std::size_t j = 0; j < 3; ++j) {
    const auto at = [&](std::size_t i) { return w[backwards ? 8 - 3 * i - j : 3 * i + j]; };
    const real ends = at(0) + at(2), middle = at(1);
    down[0][j] = at(0), down[1][j] = (ends + middle) / 2;
    down[2][j] = (ends - middle) / 2, down[3][j] = at(2);
  }
  for (std::size_t i = 0; i < 4; ++i, to += 4 * step) {
    const real ends = down[i][0] + down[i][2], middle = down[i][1];
    to[0] = down[i][0], to[step] = (ends + middle) / 2;
    to[2 * step] = (ends - middle) / 2, to[3 * step] = down[i][2];
  }
}

// kernels: (16, O, C). finish(output, row of y, entries, n) takes n entries of a result.
template <class Finish>
void convolve(const TiledConv& g, const real* x, const real* kernels, Finish finish) {
  const std::size_t piece = g.piece(), pieces = (g.tiles() + piece - 1) / piece;
  const std::size_t in_step = g.channels * piece + lanes, out_step = g.outputs * piece + lanes;
  const std::size_t work = tile_numbers * g.tiles() * g.channels * g.outputs;
  share_out(pieces, work, worthwhile_products, [&](std::size_t begin, std::size_t end) {
    Buffer<real> in(tile_numbers * in_step), out(tile_numbers * out_step);
    std::fill_n(out.data(), tile_numbers * out_step, real{0});
    SeenList seen;
    for (std::size_t p = begin; p < end; ++p) {
      const std::size_t first = p * piece, n = std::min(piece, g.tiles() - first);
      // In this order, what a register has too much is overwritten by what belongs there.
      find_tiles(g, first, n, seen);
      for (std::size_t c = 0; c < g.channels; ++c)
        for (const SeenTiles& tiles : seen)
          tiles_in(tiles, x + c * g.height * g.width, g.width, in.data() + c * piece + tiles.at,
                   in_step);
      for (std::size_t k = 0; k < tile_numbers; ++k)
        Panels(g.channels, n, Matrix{in.data() + k * in_step, piece})
            .product(g.outputs, {kernels + k * g.outputs * g.channels, g.channels},
                     out.data() + k * out_step, piece, false);
      for (std::size_t o = 0; o < g.outputs; ++o)
        for_runs(g, first, n, lanes, [&](const TileRun& run) {
          real rows[2][2 * lanes];
          tiles_out(out.data() + o * piece + run.at, out_step, rows);
          for (std::size_t i = 0; i < 2 && 2 * run.row + i < g.out_h; ++i)
            finish(o,
                   ((run.image * g.outputs + o) * g.out_h + 2 * run.row + i) * g.out_w +
                       2 * run.column,
                   rows[i], std::min(2 * run.n, g.out_w - 2 * run.column));
        });
    }
  });
}

// One (16, outputs, channels) for all w(o, c), of (3, 3) each.
template <class At>
Buffer<real> kernels_of(std::size_t outputs, std::size_t channels, bool backwards, At w) {
  Buffer<real> all(tile_numbers * outputs * channels);
  const std::size_t step = outputs * channels;
  share_out(outputs, 50 * step, worthwhile_steps, [&](std::size_t begin, std::size_t end) {
    for (std::size_t o = begin; o < end; ++o)
      for (std::size_t c = 0; c < channels; ++c)
        kernel_in(w(o, c), backwards, all.data() + o * channels + c, step);
  });
  return all;
}

} // namespace

bool worth_winograd(const ConvGeometry& g) {
  // With more channels, too few tiles fit into the cache to pay for reading 16 kernels.
  constexpr std::size_t least_channels = 24, most_channels = 640, least_tiles = 128;
  return g.kernel_h == 3 && g.kernel_w == 3 && g.stride == Size2d(1) && g.dilation == Size2d(1) &&
         g.groups == 1 && g.top <= 2 && g.left <= 2 &&
         std::min(g.channels, g.outputs) >= least_channels &&
         g.channels + g.outputs <= most_channels &&
         g.batch * ((g.out_h + 1) / 2) * ((g.out_w + 1) / 2) >= least_tiles;
}

void winograd(const ConvGeometry& g, const real* x, const real* w, const real* bias, bool relu,
              real* y) {
  const Buffer<real> kernels =
      kernels_of(g.outputs, g.channels, false,
                 [&](std::size_t o, std::size_t c) { return w + (o * g.channels + c) * 9; });
  const TiledConv forward{g.batch, g.channels, g.height, g.width, g.outputs,
                          g.out_h, g.out_w,    g.top,    g.left};
  convolve(forward, x, kernels.data(),
           [&](std::size_t o, std::size_t at, const real* row, std::size_t n) {
             for (std::size_t j = 0; j < n; ++j) {
               const real v = row[j] + bias[o];
               y[at + j] = relu && v <= 0 ? 0 : v; // NaN stays
             }
           });
}

void winograd_back(const ConvGeometry& g, const real* dy, const real* w, real* dx) {
  const Buffer<real> kernels =
      kernels_of(g.channels, g.outputs, true,
                 [&](std::size_t c, std::size_t o) { return w + (o * g.channels + c) * 9; });
  const TiledConv back{g.batch,  g.outputs, g.out_h,   g.out_w,   g.channels,
                       g.height, g.width,   2 - g.top, 2 - g.left};
  convolve(back, dy, kernels.data(),
           [&](std::size_t, std::size_t at, const real* row, std::size_t n) {
             for (std::size_t j = 0; j < n; ++j) dx[at + j] += row[j];
           });
}

} // namespace tapestry::inline TAPESTRY_PRECISION
