#include "autograd/batching/joined_rows.hpp"

#include <algorithm>
#include <vector>

#include "autograd/tape.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

// `rows` rows of source number `source`, from `first` on.
struct RowRun {
  std::uint32_t source;
  std::size_t first, rows;
};
using RowRuns = std::vector<RowRun, PoolAllocator<RowRun>>;
using Sources = std::vector<Var, PoolAllocator<Var>>;

void add_rows_to(real* to, const real* from, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) to[i] += from[i];
}

} // namespace

std::size_t JoinedRows::rows(const Shape& shape) {
  std::size_t n = 1;
  for (std::size_t i = 0; i + 1 < shape.size(); ++i) n *= shape[i];
  return shape.empty() || shape.back() > 0 ? n : 0;
}

// Where they lie already: nothing that was cut out is copied for it.
const real* JoinedRows::numbers(const Var& x) {
  const auto& from = x.node_->joined;
  if (!from) return x.value().data();
  return from->value.data() + x.node_->first_row * from->value.shape()[1];
}

//> join-rows
// All rows of one matrix, in order, are that matrix.
std::optional<Var> JoinedRows::whole(std::span<const Var* const> parts) {
  const auto& first = parts[0]->node_->joined;
  if (!first) return {};
  std::size_t next = 0;
  for (const Var* part : parts) {
    if (part->node_->joined != first || part->node_->first_row != next) return {};
    next += rows(part->shape());
  }
  if (next != first->value.shape()[0]) return {};
  return Var(first);
}

Var JoinedRows::join(std::span<const Var* const> parts, std::size_t width, Caller at) {
  if (const std::optional<Var> all = whole(parts)) return *all;
  std::size_t n = 0;
  bool needed = false;
  for (const Var* part : parts) {
    n += rows(part->shape());
    needed = needed || part->needs_grad();
  }
  Tensor out = Tensor::from_shape(Shape{n, width});
  real* to = out.data();
  for (const Var* part : parts) to = std::copy_n(numbers(*part), rows(part->shape()) * width, to);
  Var y{std::move(out)};
  if (!needed || !Tape::current()) return y;

  Sources sources; // where the gradient goes: not to what was cut out, but to what it was cut from
  RowRuns runs;
  std::size_t s = 0; // one example's parts come from the same sources, one by one, as another's
  for (const Var* part : parts) {
    const auto& from = part->node_->joined;
    const std::size_t first = from ? part->node_->first_row : 0, count = rows(part->shape());
    std::size_t tried = from ? 0 : sources.size();
    for (; tried < sources.size() && sources[s].node_ != from; ++tried)
      s = (s + 1) % sources.size();
    if (tried == sources.size()) {
      s = sources.size();
      sources.push_back(from ? Var(from) : *part);
    }
    if (!runs.empty() && runs.back().source == s && runs.back().first + runs.back().rows == first)
      runs.back().rows += count;
    else
      runs.push_back({static_cast<std::uint32_t>(s), first, count});
  }
  const std::span<const Var> inputs(sources);
  return record("join", y, {inputs, at}, [y, width, sources, runs = std::move(runs)] {
    std::vector<real*, PoolAllocator<real*>> grads;
    for (const Var& x : sources) grads.push_back(x.needs_grad() ? x.grad().data() : nullptr);
    const real* dy = y.grad().data();
    for (const RowRun& run : runs) {
      if (real* const dx = grads[run.source])
        add_rows_to(dx + run.first * width, dy, run.rows * width);
      dy += run.rows * width;
    }
  });
}
//< join-rows

Var JoinedRows::cut(const Var& joined, std::size_t first, const Shape& shape) {
  Tensor::strides_type strides(shape.size());
  xt::compute_strides(shape, xt::layout_type::row_major, strides);
  Var y{Tensor(Tensor::storage_type(), Shape(shape), std::move(strides))}; // no numbers yet
  y.node_->joined = joined.node_;
  y.node_->first_row = first;
  y.node_->is_elsewhere = true;
  y.node_->needs_grad = joined.needs_grad();
  return y;
}

std::optional<Var> JoinedRows::cut_again(const Var& x, std::size_t begin, const Shape& shape) {
  const auto& from = x.node_->joined;
  if (!from || width(shape) != from->value.shape()[1]) return {};
  return cut(Var(from), x.node_->first_row + begin, shape);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
