#include "text/models/arithmetic_model.hpp"

#include "autograd/batching/together.hpp"
#include "autograd/ids.hpp"
#include "autograd/operators/choice.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

ArithmeticModel::ArithmeticModel(const ArithmeticModelOptions& o, Rng& rng)
    : embed_({.num_embeddings = 10, .embedding_dim = o.embedding}, rng),
      digit_({.input_size = o.embedding, .hidden_size = o.hidden}, rng),
      max_({.input_size = o.embedding, .hidden_size = o.hidden}, rng),
      min_({.input_size = o.embedding, .hidden_size = o.hidden}, rng),
      add_({.input_size = o.embedding, .hidden_size = o.hidden}, rng),
      score_({.in_features = o.hidden, .out_features = 10}, rng) {}

//> arithmetic-model
LSTMState ArithmeticModel::state(const ArithmeticNode& node,
                                 const std::vector<LSTMState>& all) const {
  if (node.kind == ArithmeticKind::digit)
    return digit_(embed_(ids_from(std::vector<int>{node.digit})), {});
  const nn::NaryTreeLSTM& cell = node.kind == ArithmeticKind::max   ? max_
                                 : node.kind == ArithmeticKind::min ? min_
                                                                    : add_;
  LSTMState state = all[node.arguments[0]];
  for (std::size_t k = 1; k < node.arguments.size(); ++k) {
    const LSTMState pair[] = {state, all[node.arguments[k]]};
    state = cell(Var{}, pair); // only digits read something
  }
  return state;
}

Var ArithmeticModel::operator()(const ArithmeticTree& tree, bool in_parts) const {
  std::vector<LSTMState> states(tree.nodes.size());
  const auto compute = [&](std::size_t i) { states[i] = state(tree.nodes[i], states); };
  if (in_parts)
    for (const std::vector<std::size_t>& level : tree.levels()) // from the digits to the root
      run_each_together(level.size(), [&](std::size_t part) { compute(level[part]); });
  else
    for (std::size_t i = 0; i < states.size(); ++i) compute(i); // arguments come first
  std::vector<Var> shown;
  for (const LSTMState& s : states) shown.push_back(s.h);
  return score_(concatenate(shown, 0));
}
//< arithmetic-model

Var ArithmeticModel::loss(const ArithmeticTree& tree, bool in_parts) const {
  return cross_entropy((*this)(tree, in_parts), ids_from(tree.values()));
}

int ArithmeticModel::value(const ArithmeticTree& tree) const {
  const Indices best = argmax((*this)(tree), 1);
  return best(best.size() - 1);
}

void ArithmeticModel::visit(nn::Visitor& v) {
  v("embed", embed_);
  v("digit", digit_);
  v("max", max_);
  v("min", min_);
  v("add", add_);
  v("score", score_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
