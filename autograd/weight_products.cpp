#include "autograd/weight_products.hpp"

#include <algorithm>

#include "autograd/base/product.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// As many rows as pay for reading and writing dW once; and as many as cost less so than a copy.
constexpr std::size_t enough_rows = 256, enough_at_once = 64;

void append(auto& to, const Matrix& from, std::size_t rows, std::size_t columns) {
  for (std::size_t i = 0; i < rows; ++i)
    to.insert(to.end(), from.data + i * from.stride, from.data + i * from.stride + columns);
}

} // namespace

void WeightProducts::add_now(Tensor& dw, const WeightProduct& p) {
  const std::size_t k = dw.shape()[1];
  product(p.count, k, p.rows, transposed(p.dy), p.x, dw.data() + p.first * k, k, true);
}

void WeightProducts::add(Tensor& dw, const WeightProduct& p) {
  if (p.rows >= enough_at_once) return add_now(dw, p);
  const std::size_t k = dw.shape()[1];
  auto kept = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& other) {
    return other.first == p.first && other.count == p.count;
  });
  if (kept == kept_.end()) kept = kept_.insert(kept, {p.first, p.count, 0, {}, {}});
  append(kept->dy, p.dy, p.rows, p.count);
  append(kept->x, p.x, p.rows, k);
  kept->rows += p.rows;
  if (kept->rows >= enough_rows) settle(dw, *kept);
}

void WeightProducts::settle(Tensor& dw, Kept& kept) {
  add_now(dw, {kept.first,
               kept.count,
               kept.rows,
               {kept.dy.data(), kept.count},
               {kept.x.data(), dw.shape()[1]}});
  kept.rows = 0;
  kept.dy.clear();
  kept.x.clear();
}

void WeightProducts::settle(Tensor& dw) {
  for (Kept& kept : kept_)
    if (kept.rows > 0) settle(dw, kept);
  kept_.clear();
}

} // namespace tapestry::inline TAPESTRY_PRECISION
