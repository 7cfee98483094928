#include "autograd/lookup.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

//> embedding
Var embedding(const Operand& table, const Indices& ids) {
  if (table.rank() != 2) shape_error("embedding", {table}, "expected a table of shape (V, D)");
  const std::size_t rows = table.shape()[0], d = table.shape()[1];
  Shape shape(ids.shape().begin(), ids.shape().end());
  shape.push_back(d);
  Tensor out = Tensor::from_shape(shape);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto id = static_cast<std::size_t>(ids.data()[i]);
    if (id >= rows)
      shape_error("embedding", {table},
                  fmt::format("id {} is not a row of the table", ids.data()[i]));
    std::copy_n(table.value().data() + id * d, d, out.data() + i * d);
  }
  Var y{std::move(out)};
  return record("embedding", y, {table}, [table, ids, y, d] {
    //> scatter
    for (std::size_t i = 0; i < ids.size(); ++i) {
      real* row = table.grad().data() + static_cast<std::size_t>(ids.data()[i]) * d;
      for (std::size_t j = 0; j < d; ++j) row[j] += y.grad().data()[i * d + j];
    }
    //< scatter
  });
}
//< embedding

} // namespace tapestry::inline TAPESTRY_PRECISION
