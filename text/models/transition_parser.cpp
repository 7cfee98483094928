#include "text/models/transition_parser.hpp"

#include <stdexcept>

#include "autograd/ids.hpp"
#include "autograd/operators/functions.hpp"
#include "autograd/operators/shaping.hpp"
#include "autograd/operators/softmax.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

TransitionParser::TransitionParser(const TransitionParserOptions& o, Rng& rng)
    : embed_word_({.num_embeddings = o.words, .embedding_dim = o.word_embedding}, rng),
      embed_tag_({.num_embeddings = o.tags, .embedding_dim = o.tag_embedding}, rng),
      forward_({.input_size = o.word_embedding + o.tag_embedding, .hidden_size = o.hidden}, rng),
      reverse_({.input_size = o.word_embedding + o.tag_embedding, .hidden_size = o.hidden}, rng),
      outside_({.num_embeddings = 2, .embedding_dim = 2 * o.hidden}, rng),
      decide_({.in_features = 8 * o.hidden, .out_features = o.decision}, rng),
      to_moves_({.in_features = o.decision, .out_features = parser_moves}, rng) {}

//> transition-parser
// What is seen of the root, of words 1 .. n, and last of no word: (1, 2H) each.
std::vector<Var> TransitionParser::read(std::span<const int> words,
                                        std::span<const int> tags) const {
  const std::size_t n = words.size();
  if (n == 0 || tags.size() != n)
    throw std::invalid_argument("TransitionParser: expected words, and a tag for each");
  std::vector<Var> x(n), left(n), seen(n + 2);
  for (std::size_t t = 0; t < n; ++t)
    x[t] = concatenate(
        {embed_word_(ids_from(words.subspan(t, 1))), embed_tag_(ids_from(tags.subspan(t, 1)))}, 1);
  LSTMState state = forward_.zero_state(1);
  for (std::size_t t = 0; t < n; ++t) {
    state = forward_.step(x[t], state);
    left[t] = state.h;
  }
  state = reverse_.zero_state(1);
  for (std::size_t t = n; t-- > 0;) {
    state = reverse_.step(x[t], state);
    seen[t + 1] = concatenate({left[t], state.h}, 1);
  }
  seen[0] = outside_(ids_from(std::vector<int>{0}));
  seen[n + 1] = outside_(ids_from(std::vector<int>{1}));
  return seen;
}

// -> (1, 3)
Var TransitionParser::scores(const std::vector<Var>& seen, const ParserState& state) const {
  const auto look = [&](std::optional<std::size_t> word) {
    return seen[word.value_or(seen.size() - 1)];
  };
  const Var view = concatenate(
      {look(state.stack(0)), look(state.stack(1)), look(state.stack(2)), look(state.next())}, 1);
  return to_moves_(tanh(decide_(view)));
}

std::vector<int> TransitionParser::parse(std::span<const int> words,
                                         std::span<const int> tags) const {
  const std::vector<Var> seen = read(words, tags);
  ParserState state(words.size());
  while (!state.finished()) {
    const Var s = scores(seen, state);
    std::optional<ParserMove> best; // the next operator depends on a value
    for (const ParserMove move : {ParserMove::shift, ParserMove::left, ParserMove::right})
      if (state.allowed(move) &&
          (!best || s.value()(0, static_cast<int>(move)) > s.value()(0, static_cast<int>(*best))))
        best = move;
    state.make(*best);
  }
  return state.heads();
}
//< transition-parser

Var TransitionParser::loss(std::span<const int> words, std::span<const int> tags,
                           std::span<const ParserMove> moves) const {
  const std::vector<Var> seen = read(words, tags);
  ParserState state(words.size());
  std::vector<Var> all;
  std::vector<int> targets;
  for (const ParserMove move : moves) {
    all.push_back(scores(seen, state));
    targets.push_back(static_cast<int>(move));
    state.make(move);
  }
  return cross_entropy(concatenate(all, 0), ids_from(targets));
}

void TransitionParser::visit(nn::Visitor& v) {
  v("embed_word", embed_word_);
  v("embed_tag", embed_tag_);
  v("forward", forward_);
  v("reverse", reverse_);
  v("outside", outside_);
  v("decide", decide_);
  v("to_moves", to_moves_);
}

} // namespace tapestry::inline TAPESTRY_PRECISION
