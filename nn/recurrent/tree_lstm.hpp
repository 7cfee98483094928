// Long short-term memory on trees: a step reads not the step before, but all children of a node
// (Tai, Socher and Manning 2015, "Improved semantic representations from tree-structured long
// short-term memory networks").
#pragma once

#include <optional>
#include <span>

#include "autograd/operand.hpp"
#include "autograd/random.hpp"
#include "nn/module.hpp"
#include "nn/recurrent/lstm_cell.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// weight: (4H, I), bias: (4H), of the gates i, o, u and f; what a child's state sends to i, o, u
/// and to its own f: state: (3H, H), forget: (H, H)
struct ChildSumWeights {
  Var weight, bias, state, forget;
};

/// One node, for children in any number and of no order (equations 2 to 8).
///
///   s   = sum of h_k
///   i, o = sigmoid(...), u = tanh(...)  of  x w^T + b + s state^T
///   f_k = sigmoid(x w^T + b + h_k forget^T)      a gate for each child
///   c   = i u + sum of f_k c_k
///   h   = o tanh(c)
///
/// x: (1, I), children: (1, H) each, none at a leaf -> (1, H)
LSTMState child_sum_cell(const Operand& x, std::span<const LSTMState> children,
                         const ChildSumWeights& w);

/// The same for N children in order: state: ((3 + N)H, NH), from all of them side by side to i, o,
/// u and the N forget gates.
struct NaryWeights {
  Var weight, bias, state;
};

/// One node of N children in order (equations 9 to 14): each has weights of its own, towards every
/// gate. x: (1, I), zeros where only leaves read something; children: N or none -> (1, H)
LSTMState nary_cell(const Operand& x, std::span<const LSTMState> children, const NaryWeights& w);

namespace nn {

struct TreeLSTMOptions {
  std::size_t input_size, hidden_size;
  std::size_t children = 2; ///< N, for NaryTreeLSTM
};

/// weight (4H, I), bias (4H), state (3H, H), forget (H, H), from U(-a, a) with a = 1/sqrt(H); the
/// bias of f begins at 1, so that at first children are remembered.
class ChildSumTreeLSTM : public Module {
public:
  ChildSumTreeLSTM(const TreeLSTMOptions& options, Rng& rng);
  LSTMState operator()(const Operand& x, std::span<const LSTMState> children) const;
  void visit(Visitor& v) override;

  Parameter weight, bias, state, forget;
};

/// weight (4H, I), bias (4H), state ((3 + N)H, NH), in the same way. Computes what nary_cell does,
/// in fewer operators (nn/tree_step.hpp).
class NaryTreeLSTM : public Module {
public:
  NaryTreeLSTM(const TreeLSTMOptions& options, Rng& rng);
  /// x: (B, I), or Var{} where a node of children reads nothing, as if it were zeros; children:
  /// (B, H) each -> (B, H). A std::invalid_argument unless there are N children or none.
  LSTMState operator()(const Operand& x, std::span<const LSTMState> children) const;
  void visit(Visitor& v) override;

  Parameter weight, bias, state;

private:
  std::optional<LSTMState> together(const Operand& x, std::span<const LSTMState> children) const;
  std::size_t children_;
};

} // namespace nn
} // namespace tapestry::inline TAPESTRY_PRECISION
