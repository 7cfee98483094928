// Variables: shared handles on a value and its gradient.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "autograd/place.hpp"
#include "autograd/tensor.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct WeightProduct;

/// A value, its gradient, and nothing of how it was computed: that stands on the tape. Copies are
/// handles on the same value and gradient.
class Var {
public:
  Var() : Var(Tensor{}) {}
  /// A constant: no gradient flows into it.
  explicit Var(Tensor value)
      : node_(std::allocate_shared<Node>(PoolAllocator<Node>{}, std::move(value))) {}

  const Tensor& value() const {
    if (node_->is_elsewhere.load(std::memory_order_acquire)) copy_rows(); // batching
    return node_->value;
  }
  const Shape& shape() const { return node_->value.shape(); }
  /// The size of one axis; -1 is the last.
  std::size_t size(int axis, Caller at = Caller::here()) const;
  /// The number of axes.
  std::size_t rank() const { return shape().size(); }
  /// The value of a tensor of one entry.
  real item(Caller at = Caller::here()) const;

  /// d(loss)/d(this), of the value's shape: zeros until a pull-back adds to it.
  Tensor& grad() const;
  /// The same for a pull-back that adds to these rows (entries of axis 0) alone.
  Tensor& grad_rows(std::span<const std::int32_t> rows) const;
  /// The same for one that adds dy^T x to a weight matrix: at once, or together with others as soon
  /// as somebody asks for the gradient.
  void add_to_grad(const WeightProduct& product) const;
  /// The rows that may be other than zero, sorted; nothing if that can be any.
  std::optional<std::span<const std::int32_t>> touched_rows() const;
  /// The gradient where it is kept, for optimisers: they stay within its touched rows. Only if
  /// there is one.
  Tensor& stored_grad() const;
  /// Whether a pull-back has reached this variable since the last `zero_grad()`, or anything but
  /// zeros was written to its gradient. To look at it changes nothing.
  bool has_grad() const;
  /// Whether a gradient is wanted here: a parameter, or computed from one.
  bool needs_grad() const { return node_->needs_grad; }
  /// Back to no gradient: zeros, if anyone asks.
  void zero_grad() const;

  /// The name that errors and pictures of the tape show; empty for intermediate values.
  const std::string& name() const;
  /// Changes whenever a parameter's value may have changed.
  std::uint64_t version() const;
  /// The same for all handles on one variable, and for no other variable.
  const void* identity() const { return node_.get(); }

protected:
  friend class Tape;
  friend struct JoinedRows;
  friend Var variable(Tensor value, std::string name);
  struct Leaf; // what only variables that nothing computed have: see leaf.hpp

  struct Node {
    explicit Node(Tensor&& v) : value(std::move(v)) {}
    Tensor value;
    std::optional<Tensor> grad; // not before it is asked for; then kept, to be used again
    bool has_grad = false;      // whether its numbers count since the last zero_grad()
    bool reached = false;       // whether a pull-back has been here since then
    bool needs_grad = false;
    std::uint64_t tape = 0; // the tape that recorded it; 0: none
    std::size_t record = 0; // its line there
    std::shared_ptr<Leaf> leaf;
    std::shared_ptr<Node> joined; // what it is a few rows of, from this one on: see joined_rows.hpp
    std::size_t first_row = 0;
    std::atomic<bool> is_elsewhere = false; // `value` has its shape; its numbers are only there
  };

  explicit Var(std::shared_ptr<Node> node) : node_(std::move(node)) {}
  void copy_rows() const;
  Tensor& gradient() const;
  Leaf& leaf() const;
  bool changed_since(std::uint64_t version) const;
  bool is_kept() const;
  void forget_misfit() const;
  void settle() const;

  std::shared_ptr<Node> node_;
};

/// A value that the gradient stops at.
inline Var constant(Tensor value) { return Var(std::move(value)); }
/// A value whose gradient is wanted. `name` is for errors and pictures.
Var variable(Tensor value, std::string name = "");

} // namespace tapestry::inline TAPESTRY_PRECISION
