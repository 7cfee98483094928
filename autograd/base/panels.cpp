#include "autograd/base/panels.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "autograd/base/parallel.hpp"
#include "autograd/base/simd.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// Of 32 registers, 8 x 3 hold the tile, three a row of b, one an entry of a; of 16, 4 x 3.
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr std::size_t tile_height = 8;
#else
constexpr std::size_t tile_height = 4;
#endif
constexpr std::size_t tile_vectors = 3;
constexpr std::size_t panel_width = tile_vectors * lanes;
// Of the shared axis, this much at once: then a tile's rows of a (16 KB) stay in the first cache.
constexpr std::size_t block_depth = 2048 / sizeof(real);
// And this many rows of a: 128 x 2 KB stay in the second cache beside a panel's 96 KB.
constexpr std::size_t chunk_rows = 128;

std::size_t padded(std::size_t n) { return (n + lanes - 1) / lanes * lanes; }

// Both are cut into pieces of almost equal size: 200 columns into panels of 3, 3, 2, 3 and 2
// registers, not of 3, 3, 3, 3 and half a one.
struct Range {
  std::size_t begin, end;
  std::size_t size() const { return end - begin; }
};
std::size_t blocks_of(std::size_t k) { return (k + block_depth - 1) / block_depth; }
Range block_range(std::size_t k, std::size_t block) {
  return {k * block / blocks_of(k), k * (block + 1) / blocks_of(k)};
}
std::size_t panels_of(std::size_t n) { return (n + panel_width - 1) / panel_width; }
Range panel_range(std::size_t n, std::size_t panel) { // its end may be beyond n
  const std::size_t vectors = padded(n) / lanes, count = panels_of(n);
  return {vectors * panel / count * lanes, vectors * (panel + 1) / count * lanes};
}

//> panel-tile
// The tile's entries plus the sum over i of a(r, i) b(i, c), in the order of i whatever the tile's
// height. a(r, i) is a[r * stride + i], or if packed a[i * tile_height + r].
template <std::size_t rows, std::size_t vectors, bool packed>
void tile(std::size_t depth, const real* a, std::size_t stride, const real* b, real* c,
          std::size_t c_stride, bool accumulate) {
  Lanes sum[rows][vectors];
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t v = 0; v < vectors; ++v) {
      sum[r][v] = Lanes(real{0});
      __builtin_prefetch(c + r * c_stride + v * lanes, 1); // it is wanted only at the end
    }
  for (std::size_t i = 0; i < depth; ++i) {
    Lanes row[vectors];
    for (std::size_t v = 0; v < vectors; ++v) row[v] = Lanes::load_aligned(b + v * lanes);
    for (std::size_t r = 0; r < rows; ++r) {
      const Lanes factor(a[packed ? r : r * stride]);
      for (std::size_t v = 0; v < vectors; ++v) sum[r][v] = xsimd::fma(factor, row[v], sum[r][v]);
    }
    a += packed ? tile_height : 1;
    b += vectors * lanes;
  }
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t v = 0; v < vectors; ++v) {
      real* to = c + r * c_stride + v * lanes;
      (accumulate ? Lanes::load_unaligned(to) + sum[r][v] : sum[r][v]).store_unaligned(to);
    }
}
//< panel-tile

using Tile = void (*)(std::size_t, const real*, std::size_t, const real*, real*, std::size_t, bool);

// tiles<packed>[rows - 1][vectors - 1] in one list
template <bool packed, std::size_t... i>
constexpr std::array<Tile, sizeof...(i)> make_tiles(std::index_sequence<i...>) {
  return {tile<i / tile_vectors + 1, i % tile_vectors + 1, packed>...};
}
template <bool packed>
constexpr auto tiles = make_tiles<packed>(std::make_index_sequence<tile_height * tile_vectors>());

// Where the last columns fill no register: the same on a copy as wide as the panel.
void narrow_tile(Tile run, std::size_t rows, std::size_t width, std::size_t columns,
                 std::size_t depth, const real* a, std::size_t stride, const real* b, real* c,
                 std::size_t c_stride, bool accumulate) {
  alignas(64) real copy[tile_height * panel_width] = {};
  if (accumulate)
    for (std::size_t r = 0; r < rows; ++r) std::copy_n(c + r * c_stride, columns, copy + r * width);
  run(depth, a, stride, b, copy, width, accumulate);
  for (std::size_t r = 0; r < rows; ++r) std::copy_n(copy + r * width, columns, c + r * c_stride);
}

// Rows top .. top + rows of a transposed a, columns block .. block + depth, as tiles: what the
// kernel reads in one step are neighbours. (In a itself they would be; but its steps are far apart,
// and if that is a power of two, they all fall into the same few lines of the cache.)
void pack_rows(const Matrix& a, std::size_t top, std::size_t rows, std::size_t block,
               std::size_t depth, real* to) {
  for (std::size_t i = 0; i < depth; ++i) {
    const real* from = a.data + (block + i) * a.stride + top;
    for (std::size_t r = 0; r < rows; r += tile_height)
      std::copy_n(from + r, std::min(tile_height, rows - r), to + r * depth + i * tile_height);
  }
}

} // namespace

const std::size_t Panels::scratch_size = chunk_rows * block_depth;
const std::size_t Panels::tile_rows = tile_height;

std::size_t Panels::count() const { return panels_of(n_); }

// Block after block of rows of b; in a block panel after panel; in a panel row after row.
Panels::Panels(std::size_t k, std::size_t n, const std::function<void(const Piece&)>& write)
    : k_(k), n_(n), data_(k * padded(n)) {
  const auto fill = [&](std::size_t first, std::size_t last) {
    for (std::size_t piece = first; piece < last; ++piece) {
      const Range rows = block_range(k, piece / count()), columns = panel_range(n, piece % count());
      const std::size_t valid = std::min(n, columns.end) - columns.begin;
      real* to = data_.data() + rows.begin * padded(n) + columns.begin * rows.size();
      write({rows.begin, rows.size(), columns.begin, valid, to, columns.size()});
      for (std::size_t i = 0; valid < columns.size() && i < rows.size(); ++i) {
        std::fill_n(to + i * columns.size() + valid, columns.size() - valid, real{0});
      }
    }
  };
  const std::size_t pieces = blocks_of(k) * count();
  if (pieces > 0) parallel_rows(pieces, k * padded(n) / pieces, fill);
}

Panels::Panels(std::size_t k, std::size_t n, const Matrix& b)
    : Panels(k, n, [&b](const Piece& piece) {
        const real* from = b.data + piece.first_row * b.stride + piece.first_column;
        if (!b.transposed) {
          for (std::size_t i = 0; i < piece.rows; ++i)
            std::copy_n(from + i * b.stride, piece.columns, piece.to + i * piece.stride);
          return;
        }
        // 16 rows at a time: what is read of a column is then a whole line of the cache.
        from = b.data + piece.first_column * b.stride + piece.first_row;
        for (std::size_t top = 0; top < piece.rows; top += 16)
          for (std::size_t j = 0; j < piece.columns; ++j)
            for (std::size_t i = top; i < std::min(top + 16, piece.rows); ++i)
              piece.to[i * piece.stride + j] = from[j * b.stride + i];
      }) {}

//> panel-product
void Panels::product(std::size_t m, const Matrix& a, real* c, std::size_t c_stride, bool accumulate,
                     std::size_t first, std::size_t last, real* scratch) const {
  if (k_ == 0 && !accumulate)
    for (std::size_t r = 0; r < m; ++r) std::fill_n(c + r * c_stride, n_, real{0});
  for (std::size_t block = 0; block < blocks_of(k_); ++block)
    for (std::size_t top = 0; top < m; top += chunk_rows) {
      const Range inner = block_range(k_, block);
      const std::size_t depth = inner.size(), rows = std::min(chunk_rows, m - top);
      const bool add = accumulate || block > 0;
      if (a.transposed) pack_rows(a, top, rows, inner.begin, depth, scratch);
      // Packed tiles are full; else 10 rows are 5 and 5, which is faster than 8 and 2.
      const std::size_t tiles_here = (rows + tile_height - 1) / tile_height;
      const auto tile_begin = [&](std::size_t t) {
        return a.transposed ? std::min(rows, t * tile_height) : rows * t / tiles_here;
      };
      for (std::size_t panel = first; panel < last; ++panel) {
        const Range columns = panel_range(n_, panel);
        const std::size_t width = columns.size();
        const real* b = data_.data() + inner.begin * padded(n_) + columns.begin * depth;
        for (std::size_t t = 0; t < tiles_here; ++t) {
          const std::size_t begin = tile_begin(t), here = tile_begin(t + 1) - begin;
          const std::size_t kind = (here - 1) * tile_vectors + width / lanes - 1;
          const Tile run = a.transposed ? tiles<true>[kind] : tiles<false>[kind];
          const real* from = a.transposed ? scratch + begin * depth
                                          : a.data + (top + begin) * a.stride + inner.begin;
          real* to = c + (top + begin) * c_stride + columns.begin;
          if (columns.end <= n_)
            run(depth, from, a.stride, b, to, c_stride, add);
          else
            narrow_tile(run, here, width, n_ - columns.begin, depth, from, a.stride, b, to,
                        c_stride, add);
        }
      }
    }
}
//< panel-product

} // namespace tapestry::inline TAPESTRY_PRECISION
