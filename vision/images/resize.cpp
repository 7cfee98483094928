#include "vision/images/resize.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "autograd/base/error.hpp"
#include "autograd/base/parallel.hpp"
#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// x: the distance from the centre, in widths of the (stretched) filter's pixel
double height_of(Filter filter, double x) {
  if (filter == Filter::area) return x > -0.5 && x <= 0.5 ? 1 : 0; // of two at equal distance, one
  return std::max(0.0, 1 - std::abs(x));
}

std::size_t taps_in(const std::vector<Taps>& rows) {
  std::size_t n = 0;
  for (const Taps& row : rows) n += row.weights.size();
  return n;
}

// in: (w) -> out: (rows of across)
void resize_row(const real* in, const std::vector<Taps>& across, real* out) {
  for (const Taps& row : across) {
    real sum = 0;
    const real* x = in + row.first;
    for (const real weight : row.weights) sum += weight * *x++;
    *out++ = sum;
  }
}

// The weighted sum of whole rows, neighbours together. row(k): (n) -> out: (n)
template <class Row>
void sum_rows(const std::vector<real>& weights, std::size_t n, Row row, real* out) {
  std::fill_n(out, n, real{0});
  for (std::size_t k = 0; k < weights.size(); ++k) {
    const real weight = weights[k];
    const real* x = row(k);
    for (std::size_t i = 0; i < n; ++i) out[i] += weight * x[i];
  }
}

void check_resize(const char* function, const Shape& shape, std::size_t height, std::size_t width) {
  if (shape.size() != 3 || size_of(shape) == 0)
    throw ShapeError(fmt::format("{}: a picture of shape {}; expected (C, H, W), none of them 0",
                                 function, to_string(shape)));
  if (height == 0 || width == 0)
    throw ShapeError(
        fmt::format("{}: to {} x {}; expected at least 1 x 1", function, height, width));
}

// image: (C, H, W) -> (C, rows of down, rows of across)
Tensor apply_taps(const Tensor& image, const std::vector<Taps>& down,
                  const std::vector<Taps>& across) {
  const std::size_t h = image.shape(1), w = image.shape(2);
  const real* pixels = image.data();
  const auto row = [=](std::size_t c, std::size_t y, real*) { return pixels + (c * h + y) * w; };
  return resize_rows(image.shape(0), h, w, row, down, across);
}

} // namespace

//> taps
std::vector<Taps> taps(std::size_t from, std::size_t to, Filter filter) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double stretch = std::max(1.0, scale); // an output pixel, in input pixels; at least one
  const double reach = stretch * (filter == Filter::area ? 0.5 : 1);
  std::vector<Taps> rows;
  for (std::size_t i = 0; i < to; ++i) {
    const double centre = (static_cast<double>(i) + 0.5) * scale;
    const auto first = static_cast<std::size_t>(std::max(0.0, centre - reach + 0.5));
    const std::size_t last = std::min(from, static_cast<std::size_t>(centre + reach + 0.5));
    Taps row{first, {}};
    double sum = 0;
    for (std::size_t j = first; j < last; ++j) {
      const double weight = height_of(filter, (static_cast<double>(j) + 0.5 - centre) / stretch);
      row.weights.push_back(static_cast<real>(weight));
      sum += weight;
    }
    // At an edge a part of the filter sees no pixel: the others share its weight.
    for (real& weight : row.weights) weight = static_cast<real>(weight / sum);
    rows.push_back(std::move(row));
  }
  return rows;
}
//< taps

// An input is used by neighbouring outputs, so the transpose has rows without gaps as well.
std::vector<Taps> transposed(const std::vector<Taps>& rows, std::size_t from) {
  std::vector<Taps> columns(from, Taps{0, {}});
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t k = 0; k < rows[i].weights.size(); ++k) {
      Taps& column = columns[rows[i].first + k];
      if (column.weights.empty()) column.first = i;
      column.weights.resize(i - column.first, 0);
      column.weights.push_back(rows[i].weights[k]);
    }
  return columns;
}

// Columns of pixels are summed a register of neighbours at a time, rows one number at a time. So
// the side that is left smaller for the rows decides which comes first.
Tensor resize_rows(std::size_t planes, std::size_t h, std::size_t w, const PictureRows& rows,
                   const std::vector<Taps>& down, const std::vector<Taps>& across) {
  const std::size_t height = down.size(), width = across.size();
  Tensor result = Tensor::from_shape({planes, height, width});
  const std::size_t down_steps = taps_in(down) / std::max<std::size_t>(height, 1) + 1;
  const std::size_t across_steps = 2 * taps_in(across);
  if (height < h) {
    parallel_rows(planes * height, w * down_steps + across_steps,
                  [&](std::size_t begin, std::size_t end) {
                    std::vector<real> scratch(w), sum(w);
                    for (std::size_t r = begin; r < end; ++r) {
                      const Taps& of = down[r % height];
                      const auto row = [&](std::size_t k) {
                        return rows(r / height, of.first + k, scratch.data());
                      };
                      sum_rows(of.weights, w, row, sum.data());
                      resize_row(sum.data(), across, result.data() + r * width);
                    }
                  });
    return result;
  }
  Tensor narrow = Tensor::from_shape({planes, h, width});
  parallel_rows(planes * h, across_steps + w, [&](std::size_t begin, std::size_t end) {
    std::vector<real> scratch(w);
    for (std::size_t r = begin; r < end; ++r)
      resize_row(rows(r / h, r % h, scratch.data()), across, narrow.data() + r * width);
  });
  parallel_rows(planes * height, width * down_steps, [&](std::size_t begin, std::size_t end) {
    for (std::size_t r = begin; r < end; ++r) {
      const Taps& of = down[r % height];
      const real* first = narrow.data() + (r / height * h + of.first) * width;
      sum_rows(
          of.weights, width, [&](std::size_t k) { return first + k * width; },
          result.data() + r * width);
    }
  });
  return result;
}

Tensor resize(const Tensor& image, std::size_t height, std::size_t width, Filter filter) {
  check_resize("resize", image.shape(), height, width);
  const std::size_t h = image.shape(1), w = image.shape(2);
  if (height == h && width == w) return image;
  return apply_taps(image, taps(h, height, filter), taps(w, width, filter));
}

//> resize-pull-back
Var resize(const Operand& image, std::size_t height, std::size_t width, Filter filter) {
  Var y{resize(image.value(), height, width, filter)};
  return record("resize", y, {image}, [image, y, filter] {
    const std::size_t h = image.value().shape(1), w = image.value().shape(2);
    const auto down = transposed(taps(h, y.value().shape(1), filter), h);
    const auto across = transposed(taps(w, y.value().shape(2), filter), w);
    const Tensor back = apply_taps(y.grad(), down, across);
    for (std::size_t i = 0; i < back.size(); ++i) image.grad().data()[i] += back.data()[i];
  });
}
//< resize-pull-back

} // namespace tapestry::inline TAPESTRY_PRECISION
