// Words spelt out: what a character network reads of a batch of words.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nn/embedding.hpp"
#include "nn/recurrent/lstm.hpp"
#include "text/tokens/vocabulary.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// The characters of a word, as UTF-8 in NFC. Of one with more than `most`, the first and the last:
/// a "word" of a million characters must not cost more than another. An empty word has one, "".
std::vector<std::string> characters_of(const std::string& word, std::size_t most = 40);

/// The different words of a list, spelt out; a word that occurs ten times is read once.
struct SpeltWords {
  PackedIndices characters; ///< (M) of U different words
  Indices word_of;          ///< (N) which of the U each word of the list is
};
/// A std::invalid_argument for an empty list.
SpeltWords spell(std::span<const std::string> words, const Vocabulary& characters);

struct WordSpellerOptions {
  std::size_t characters; ///< the size of their vocabulary
  std::size_t embedding = 32, hidden = 64;
};

/// A BiLSTM over each word's characters: the last states of both directions, side by side (Ling et
/// al. 2015). It knows endings and capitals, of words that no one has seen as well.
class WordSpeller : public nn::Module {
public:
  WordSpeller(const WordSpellerOptions& options, Rng& rng);
  /// -> (N, 2 * hidden), a row for each word of the list
  Var operator()(const SpeltWords& words) const;
  void visit(nn::Visitor& v) override { v("embed", embed_), v("lstm", lstm_); }

private:
  nn::Embedding embed_;
  nn::LSTM lstm_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
