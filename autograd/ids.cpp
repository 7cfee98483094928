#include "autograd/ids.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "autograd/base/error.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

template <class Number> Indices from_numbers(std::span<const Number> numbers) {
  Indices ids = Indices::from_shape({numbers.size()});
  std::transform(numbers.begin(), numbers.end(), ids.data(), [](Number x) {
    if (!std::in_range<std::int32_t>(x))
      throw ShapeError(fmt::format("ids_from: {} is not a number of 32 bits", x));
    return static_cast<std::int32_t>(x);
  });
  return ids;
}

Shape shape_of(const Indices& ids) { return {ids.shape().begin(), ids.shape().end()}; }

template <class F> Indices each(const Indices& ids, F f) {
  Indices result = ids;
  std::transform(ids.data(), ids.data() + ids.size(), result.data(),
                 [f](std::int32_t id) { return static_cast<std::int32_t>(f(id)); });
  return result;
}

} // namespace

Indices ids_from(std::span<const int> ids) { return from_numbers(ids); }
Indices ids_from(std::span<const std::size_t> ids) { return from_numbers(ids); }

Indices count_up(std::size_t n) {
  Indices ids = Indices::from_shape({n});
  std::iota(ids.data(), ids.data() + n, 0);
  return ids;
}

Indices rows(const Indices& ids, std::size_t begin, std::size_t end) {
  Shape shape = shape_of(ids);
  if (shape.empty() || begin > end || end > shape[0])
    throw ShapeError(
        fmt::format("rows: there are no rows {} .. {} in {}", begin, end, to_string(shape)));
  const std::size_t width = shape[0] == 0 ? 0 : ids.size() / shape[0];
  shape[0] = end - begin;
  Indices part = Indices::from_shape({shape.begin(), shape.end()});
  std::copy_n(ids.data() + begin * width, part.size(), part.data());
  return part;
}

Indices take_row(const Indices& ids, std::size_t i) {
  Indices part = rows(ids, i, i + 1);
  const Shape shape = shape_of(ids);
  part.reshape(Shape(shape.begin() + 1, shape.end()));
  return part;
}

Indices join(std::span<const Indices> parts) {
  if (parts.empty()) throw ShapeError("join: there are no parts");
  Shape shape = shape_of(parts[0]);
  std::size_t n = 0;
  for (const Indices& part : parts) {
    const Shape given = shape_of(part);
    if (shape.empty() || given.size() != shape.size() ||
        !std::equal(given.begin() + 1, given.end(), shape.begin() + 1))
      throw ShapeError(fmt::format("join: {} and {} must agree but for axis 0",
                                   to_string(shape_of(parts[0])), to_string(given)));
    n += given[0];
  }
  shape[0] = n;
  Indices joined = Indices::from_shape({shape.begin(), shape.end()});
  std::int32_t* to = joined.data();
  for (const Indices& part : parts) to = std::copy_n(part.data(), part.size(), to);
  return joined;
}

Indices stack_padded(std::span<const std::vector<int>> sequences, int pad, bool batch_first) {
  std::size_t steps = 0;
  for (const std::vector<int>& s : sequences) steps = std::max(steps, s.size());
  const std::size_t n = sequences.size();
  Indices ids = batch_first ? Indices::from_shape({n, steps}) : Indices::from_shape({steps, n});
  std::fill_n(ids.data(), ids.size(), pad);
  for (std::size_t b = 0; b < n; ++b)
    for (std::size_t t = 0; t < sequences[b].size(); ++t)
      ids.data()[batch_first ? b * steps + t : t * n + b] = sequences[b][t];
  return ids;
}

Indices equals(const Indices& ids, int wanted) {
  return each(ids, [wanted](std::int32_t id) { return id == wanted; });
}

Indices differs(const Indices& ids, int unwanted) {
  return each(ids, [unwanted](std::int32_t id) { return id != unwanted; });
}

Tensor one_hot(const Indices& ids, std::size_t classes) {
  Shape shape = shape_of(ids);
  shape.push_back(classes);
  Tensor rows = zeros(shape);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const std::int32_t id = ids.data()[i];
    if (id < 0 || static_cast<std::size_t>(id) >= classes)
      throw ShapeError(fmt::format("one_hot: id {} is not one of {} classes", id, classes));
    rows.data()[i * classes + static_cast<std::size_t>(id)] = 1;
  }
  return rows;
}

} // namespace tapestry::inline TAPESTRY_PRECISION
