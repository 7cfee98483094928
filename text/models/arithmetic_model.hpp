// A model that computes: it reads an arithmetic tree, one tree at a time, and tells its value.
#pragma once

#include <vector>

#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/tree_lstm.hpp"
#include "text/corpora/arithmetic.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct ArithmeticModelOptions {
  std::size_t embedding = 16, hidden = 64;
};

/// A binary tree LSTM (Tai, Socher and Manning 2015, equations 9 to 14) for each operation and one
/// for digits. An operation of many arguments takes them two by two: max(a, b, c) is
/// max(max(a, b), c), and so is add.
class ArithmeticModel : public nn::Module {
public:
  ArithmeticModel(const ArithmeticModelOptions& options, Rng& rng);

  /// Scores of the ten digits for each node of one tree, in its order. in_parts: nodes of one height
  /// run together; else one node after the other. -> (nodes, 10)
  Var operator()(const ArithmeticTree& tree, bool in_parts = true) const;
  /// The mean cross entropy of all nodes: what a part is worth is known as well. -> ()
  Var loss(const ArithmeticTree& tree, bool in_parts = true) const;
  /// The likeliest value of the whole tree.
  int value(const ArithmeticTree& tree) const;
  void visit(nn::Visitor& v) override;

private:
  LSTMState state(const ArithmeticNode& node, const std::vector<LSTMState>& all) const;

  nn::Embedding embed_;
  nn::NaryTreeLSTM digit_, max_, min_, add_;
  nn::Linear score_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
