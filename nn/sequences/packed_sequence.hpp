// Sequences of different lengths, side by side without padding.
//
// Sorted by length, longest first, step t holds the sequences that are still going: the first
// batch_sizes[t] of them. Their rows lie one step after another:
//
//   lengths 3, 2, 1         step 0   step 1   step 2
//                           a0 b0 c0 a1 b1    a2          batch_sizes 3, 2, 1
//
// Whatever works row by row (a linear layer, dropout, a loss) works on these rows as they are.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "autograd/operand.hpp"
#include "autograd/operators/softmax.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// How many steps each sequence of a batch has.
using Lengths = std::vector<int, PoolAllocator<int>>;

/// Which rows belong to which step. Shared by all that was computed from one packed batch.
struct PackedLayout {
  template <class T> using Pooled = std::vector<T, PoolAllocator<T>>;

  Pooled<std::size_t> batch_sizes; ///< (T) sequences that reach step t; they never become more
  Pooled<std::size_t> begins;      ///< (T + 1) the first row of step t; at last the number of rows
  /// Packed sequence i is number sorted_indices[i] of the batch as it was given, and number j of
  /// the batch is packed sequence unsorted_indices[j].
  Indices sorted_indices, unsorted_indices;
  bool reordered; ///< whether those change anything

  std::size_t steps() const { return batch_sizes.size(); }
  std::size_t batch() const { return batch_sizes.front(); }
  std::size_t rows() const { return begins.back(); }
  /// The number of steps of packed sequence i.
  std::size_t length(std::size_t i) const;
  /// For each row the packed sequence that it belongs to. -> (N)
  Indices sequences() const;
};

/// Rows and their layout. data: (N, ...), N the sum of all lengths
template <class Data> struct Packed {
  Data data;
  std::shared_ptr<const PackedLayout> layout;

  /// Other rows in the same places.
  template <class Other> Packed<Other> with(Other rows) const { return {std::move(rows), layout}; }
};
using PackedSequence = Packed<Var>;    ///< vectors
using PackedIndices = Packed<Indices>; ///< word ids, labels

struct PackOptions {
  bool batch_first = false;   ///< the batch is (B, T, ...) instead of (T, B, ...)
  bool enforce_sorted = true; ///< lengths must not increase; false: they are sorted here
};

/// The valid entries of a padded batch. lengths: (B), each in 1 .. T; anything else is a
/// ShapeError. x: (T, B, ...) -> data (N, ...)
PackedSequence pack_padded_sequence(const Operand& x, const Lengths& lengths,
                                    PackOptions options = {});
PackedIndices pack_padded_sequence(const Indices& x, const Lengths& lengths,
                                   PackOptions options = {}, Caller at = Caller::here());

struct PadOptions {
  bool batch_first = false;
  double padding_value = 0;
  std::size_t total_length = 0; ///< the T of the result; 0: that of the longest sequence
};
struct PaddedSequence {
  Var output;      ///< (T, B, ...)
  Lengths lengths; ///< (B)
};

/// Back to a padded batch, in the order in which the sequences came. No gradient comes from the
/// padding. data: (N, ...) -> (T, B, ...)
PaddedSequence pad_packed_sequence(const PackedSequence& x, PadOptions options = {},
                                   Caller at = Caller::here());

/// Sequences of one width. Each (length, ...), length at least 1
PackedSequence pack_sequence(const std::vector<Var>& sequences, bool enforce_sorted = true,
                             Caller at = Caller::here());
std::vector<Var> unpack_sequence(const PackedSequence& x, Caller at = Caller::here());

/// The mean over all rows, as over a padded batch whose padding is ignored.
Var cross_entropy(const PackedSequence& logits, const PackedIndices& targets,
                  CrossEntropyOptions options = {}, Caller at = Caller::here());

/// Throws the ShapeError of `op` unless x has a layout, and as many rows as it.
void check_rows(const char* op, const PackedSequence& x, Caller at);
void check_rows(const char* op, const PackedIndices& x, Caller at);

/// f(rows) in the same places: for any f that works row by row.
template <class F>
PackedSequence rowwise(const PackedSequence& x, F f, Caller at = Caller::here()) {
  check_rows("rowwise", x, at);
  const PackedSequence y = x.with(f(x.data));
  check_rows("rowwise", y, at);
  return y;
}

/// Where each step's rows lie: of T steps of B rows each, or of packed sequences.
class Steps {
public:
  Steps(std::size_t steps, std::size_t batch) : steps_(steps), batch_(batch) {}
  /// A ShapeError if there is no layout.
  explicit Steps(std::shared_ptr<const PackedLayout> layout, Caller at = Caller::here());

  std::size_t count() const { return steps_; }
  std::size_t batch() const { return batch_; }
  std::size_t begin(std::size_t t) const { return layout_ ? layout_->begins[t] : t * batch_; }
  std::size_t size(std::size_t t) const { return layout_ ? layout_->batch_sizes[t] : batch_; }
  std::size_t rows() const { return layout_ ? layout_->rows() : steps_ * batch_; }
  /// The number of steps of sequence i, of which the first is the longest.
  std::size_t length(std::size_t i) const { return layout_ ? layout_->length(i) : steps_; }

private:
  std::shared_ptr<const PackedLayout> layout_;
  std::size_t steps_, batch_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
