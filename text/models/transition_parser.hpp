// A parser written for one sentence, which decides by what it has computed: each decision changes
// what the next one looks at, so no loop over a batch could be written beforehand.
#pragma once

#include <span>
#include <vector>

#include "nn/embedding.hpp"
#include "nn/linear.hpp"
#include "nn/recurrent/lstm.hpp"
#include "text/models/arc_standard.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

struct TransitionParserOptions {
  std::size_t words, tags; ///< numbers of ids
  std::size_t word_embedding = 100, tag_embedding = 25, hidden = 125, decision = 100;
};

/// Each word as a bidirectional LSTM sees it; a decision looks at the three upper words of the
/// stack and the next one of the buffer (Kiperwasser and Goldberg 2016, "Simple and accurate
/// dependency parsing using bidirectional LSTM feature representations", section 4.1).
class TransitionParser : public nn::Module {
public:
  TransitionParser(const TransitionParserOptions& options, Rng& rng);

  /// The mean cross entropy of the decisions that make a tree (oracle_moves). words, tags: of one
  /// length, at least one -> ()
  Var loss(std::span<const int> words, std::span<const int> tags,
           std::span<const ParserMove> moves) const;
  /// The heads of the words that come out if it takes the best allowed move each time; 0: the root.
  std::vector<int> parse(std::span<const int> words, std::span<const int> tags) const;
  void visit(nn::Visitor& v) override;

private:
  std::vector<Var> read(std::span<const int> words, std::span<const int> tags) const;
  Var scores(const std::vector<Var>& seen, const ParserState& state) const;

  nn::Embedding embed_word_, embed_tag_;
  nn::LSTM forward_, reverse_;
  nn::Embedding outside_; // what is seen of the root, and where there is no word: (2, 2H)
  nn::Linear decide_, to_moves_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
