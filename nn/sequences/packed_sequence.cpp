#include "nn/sequences/packed_sequence.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/ranges.h>

#include "autograd/base/error.hpp"
#include "autograd/tape.hpp"
#include "nn/sequences/padding.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {
namespace {

using Layout = std::shared_ptr<const PackedLayout>;

//> packed-layout
Layout layout_of(const char* op, const Lengths& lengths, std::size_t steps, std::size_t batch,
                 bool enforce_sorted, Caller at) {
  check_lengths(op, lengths, steps, batch, at);
  auto layout = std::allocate_shared<PackedLayout>(PoolAllocator<PackedLayout>{});
  layout->sorted_indices = Indices::from_shape({batch});
  layout->unsorted_indices = Indices::from_shape({batch});
  std::int32_t* order = layout->sorted_indices.data();
  std::iota(order, order + batch, 0);
  const auto longer = [&](std::int32_t a, std::int32_t b) { // equal lengths keep their order
    const int la = lengths[static_cast<std::size_t>(a)], lb = lengths[static_cast<std::size_t>(b)];
    return la != lb ? la > lb : a < b;
  };
  layout->reordered = !std::is_sorted(order, order + batch, longer);
  if (layout->reordered && enforce_sorted) {
    const auto rise = std::adjacent_find(lengths.begin(), lengths.end(), std::less<>());
    throw ShapeError(fmt::format(
        "{} at {}: lengths[{}] is {} and lengths[{}] is {}; they must not increase, or pass "
        "enforce_sorted = false",
        op, to_string(at), rise - lengths.begin(), rise[0], rise + 1 - lengths.begin(), rise[1]));
  }
  std::sort(order, order + batch, longer);
  for (std::size_t i = 0; i < batch; ++i)
    layout->unsorted_indices.data()[order[i]] = static_cast<std::int32_t>(i);

  const auto length = [&](std::size_t i) {
    return static_cast<std::size_t>(lengths[static_cast<std::size_t>(order[i])]);
  };
  //> batch-sizes
  layout->begins.push_back(0);
  std::size_t going = batch;
  for (std::size_t t = 0; t < length(0); ++t) {
    while (length(going - 1) <= t) --going;
    layout->batch_sizes.push_back(going);
    layout->begins.push_back(layout->begins.back() + going);
  }
  //< batch-sizes
  return layout;
}
//< packed-layout

// Calls move(row of packed data, row of the padded batch) for every valid row.
//> each-row
template <class Move>
void each_row(const PackedLayout& layout, std::size_t steps, bool batch_first, Move move) {
  const std::size_t batch = layout.batch();
  for (std::size_t t = 0; t < layout.steps(); ++t)
    for (std::size_t i = 0; i < layout.batch_sizes[t]; ++i) {
      const auto b = static_cast<std::size_t>(layout.sorted_indices.data()[i]);
      move(layout.begins[t] + i, batch_first ? b * steps + t : t * batch + b);
    }
}
//< each-row

// Reads a batch's axes: how many steps, sequences, and entries of one step; and the shape of its
// packed rows.
struct PaddedSizes {
  std::size_t steps, batch, inner;
  Shape packed;
};
PaddedSizes sizes_of(const char* op, const Shape& shape, bool batch_first, Caller at) {
  if (shape.size() < 2)
    throw ShapeError(fmt::format("{} at {}: the batch is {}, expected {}", op, Inside::describe(at),
                                 to_string(shape), batch_first ? "(B, T, ...)" : "(T, B, ...)"));
  Shape packed(shape.begin() + 1, shape.end()); // its first size is set when it is known
  const std::size_t inner = size_of(Shape(shape.begin() + 2, shape.end()));
  return {shape[batch_first ? 1 : 0], shape[batch_first ? 0 : 1], inner, packed};
}

template <class Data>
void check_rows(const char* op, const char* name, const Packed<Data>& x, Caller at) {
  if (!x.layout || x.layout->begins.empty())
    throw ShapeError(fmt::format("{} at {}: the {} has no layout; pack_padded_sequence and "
                                 "pack_sequence make one",
                                 op, Inside::describe(at), name));
  const Shape shape(x.data.shape().begin(), x.data.shape().end());
  if (shape.empty() || shape[0] != x.layout->rows())
    throw ShapeError(fmt::format("{} at {}: the {} is {}, its layout has {} rows", op,
                                 Inside::describe(at), name, to_string(shape), x.layout->rows()));
}

} // namespace

void check_rows(const char* op, const PackedSequence& x, Caller at) {
  check_rows(op, "packed data", x, at);
}

void check_rows(const char* op, const PackedIndices& x, Caller at) {
  check_rows(op, "data of the packed indices", x, at);
}

Steps::Steps(std::shared_ptr<const PackedLayout> layout, Caller at) : layout_(std::move(layout)) {
  if (!layout_ || layout_->batch_sizes.empty())
    throw ShapeError(fmt::format("Steps at {}: there is no layout; pack_padded_sequence and "
                                 "pack_sequence make one",
                                 Inside::describe(at)));
  steps_ = layout_->steps();
  batch_ = layout_->batch();
}

std::size_t PackedLayout::length(std::size_t i) const {
  const auto reaches = [i](std::size_t size) { return size > i; };
  return static_cast<std::size_t>(
      std::partition_point(batch_sizes.begin(), batch_sizes.end(), reaches) - batch_sizes.begin());
}

Indices PackedLayout::sequences() const {
  Indices which = Indices::from_shape({rows()});
  for (std::size_t t = 0; t < steps(); ++t)
    std::iota(which.data() + begins[t], which.data() + begins[t + 1], 0);
  return which;
}

//> pack-padded-sequence
PackedSequence pack_padded_sequence(const Operand& x, const Lengths& lengths, PackOptions options) {
  constexpr auto op = "pack_padded_sequence";
  const bool batch_first = options.batch_first;
  PaddedSizes sizes = sizes_of(op, x.shape(), batch_first, x.caller());
  const std::size_t steps = sizes.steps, inner = sizes.inner;
  const Layout layout =
      layout_of(op, lengths, steps, sizes.batch, options.enforce_sorted, x.caller());
  sizes.packed[0] = layout->rows();
  //> pack-rows
  Tensor rows = Tensor::from_shape(sizes.packed);
  each_row(*layout, steps, batch_first, [&](std::size_t row, std::size_t place) {
    std::copy_n(x.value().data() + place * inner, inner, rows.data() + row * inner);
  });
  Var y{std::move(rows)};
  record(op, y, {x}, [x, y, layout, steps, inner, batch_first] {
    real* dx = x.grad().data();
    const real* dy = y.grad().data();
    each_row(*layout, steps, batch_first, [&](std::size_t row, std::size_t place) {
      for (std::size_t j = 0; j < inner; ++j) dx[place * inner + j] += dy[row * inner + j];
    });
  });
  return {y, layout};
  //< pack-rows
}
//< pack-padded-sequence

PackedIndices pack_padded_sequence(const Indices& x, const Lengths& lengths, PackOptions options,
                                   Caller at) {
  constexpr auto op = "pack_padded_sequence";
  const Shape shape(x.shape().begin(), x.shape().end());
  PaddedSizes sizes = sizes_of(op, shape, options.batch_first, at);
  const Layout layout =
      layout_of(op, lengths, sizes.steps, sizes.batch, options.enforce_sorted, at);
  sizes.packed[0] = layout->rows();
  Indices rows = Indices::from_shape(sizes.packed);
  each_row(*layout, sizes.steps, options.batch_first, [&](std::size_t row, std::size_t place) {
    std::copy_n(x.data() + place * sizes.inner, sizes.inner, rows.data() + row * sizes.inner);
  });
  return {std::move(rows), layout};
}

//> pad-packed-sequence
PaddedSequence pad_packed_sequence(const PackedSequence& x, PadOptions options, Caller at) {
  check_rows("pad_packed_sequence", x, at);
  const Layout layout = x.layout;
  const bool batch_first = options.batch_first;
  const std::size_t steps = options.total_length ? options.total_length : layout->steps();
  if (steps < layout->steps())
    throw ShapeError(fmt::format("pad_packed_sequence at {}: total_length is {}; it must be at "
                                 "least {}, the greatest length",
                                 Inside::describe(at), steps, layout->steps()));
  Shape shape{steps, layout->batch()}; // (N, ...) -> (T, B, ...)
  if (batch_first) std::swap(shape[0], shape[1]);
  for (std::size_t axis = 1; axis < x.data.rank(); ++axis) shape.push_back(x.data.shape()[axis]);
  const std::size_t inner = x.data.value().size() / layout->rows();

  Tensor padded = full(shape, static_cast<real>(options.padding_value));
  each_row(*layout, steps, batch_first, [&](std::size_t row, std::size_t place) {
    std::copy_n(x.data.value().data() + row * inner, inner, padded.data() + place * inner);
  });
  const Operand rows{x.data, at};
  Var y{std::move(padded)};
  record("pad_packed_sequence", y, {rows}, [rows, y, layout, steps, inner, batch_first] {
    real* dx = rows.grad().data();
    const real* dy = y.grad().data();
    each_row(*layout, steps, batch_first, [&](std::size_t row, std::size_t place) {
      for (std::size_t j = 0; j < inner; ++j) dx[row * inner + j] += dy[place * inner + j];
    });
  });
  Lengths lengths;
  for (std::int32_t i : layout->unsorted_indices)
    lengths.push_back(static_cast<int>(layout->length(static_cast<std::size_t>(i))));
  return {y, lengths};
}
//< pad-packed-sequence

PackedSequence pack_sequence(const std::vector<Var>& sequences, bool enforce_sorted, Caller at) {
  const Var padded = pad_sequence(sequences, {}, at);
  Lengths lengths;
  for (const Var& x : sequences) lengths.push_back(static_cast<int>(x.shape()[0]));
  return pack_padded_sequence({padded, at}, lengths, {.enforce_sorted = enforce_sorted});
}

std::vector<Var> unpack_sequence(const PackedSequence& x, Caller at) {
  check_rows("unpack_sequence", x, at);
  const auto [padded, lengths] = pad_packed_sequence(x, {}, at);
  return unpad_sequence({padded, at}, lengths);
}

Var cross_entropy(const PackedSequence& logits, const PackedIndices& targets,
                  CrossEntropyOptions options, Caller at) {
  check_rows("cross_entropy", logits, at);
  check_rows("cross_entropy", targets, at);
  const auto same = [](const auto& a, const auto& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  };
  const PackedLayout &scored = *logits.layout, &wanted = *targets.layout;
  if (!same(scored.batch_sizes, wanted.batch_sizes))
    throw ShapeError(fmt::format("cross_entropy at {}: the targets' batch sizes are {}; they must "
                                 "be the logits', {}",
                                 Inside::describe(at), fmt::join(wanted.batch_sizes, " "),
                                 fmt::join(scored.batch_sizes, " ")));
  if (!same(scored.sorted_indices, wanted.sorted_indices))
    throw ShapeError(fmt::format("cross_entropy at {}: the targets are packed in the order {}; it "
                                 "must be the logits', {}",
                                 Inside::describe(at), fmt::join(wanted.sorted_indices, " "),
                                 fmt::join(scored.sorted_indices, " ")));
  return cross_entropy({logits.data, at}, targets.data, options);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
