// A tagger: for each word of a sentence its part of speech.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "nn/linear.hpp"
#include "text/corpora/conllu.hpp"
#include "text/models/word_characters.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// Words, characters and tags as numbers, from the sentences to be learnt from.
struct TaggerVocabulary {
  TaggerVocabulary() = default;
  explicit TaggerVocabulary(const std::vector<TaggedSentence>& sentences);

  /// What a checkpoint must say, and back. A FormatError, with `path`, if it is not there.
  std::map<std::string, std::string> notes() const;
  static TaggerVocabulary from_notes(const std::map<std::string, std::string>& notes,
                                     const std::string& path);
  /// Where a tag stands; -100, which every loss ignores, for one that training never showed.
  static int id(const std::vector<std::string>& tags, const std::string& tag);

  Vocabulary words;      ///< in lower case
  Vocabulary characters; ///< as they are
  std::vector<std::string> tags, fine;
  std::vector<double> counts; ///< of each word, for `word_dropout`; not in the notes
};

struct TaggerOptions {
  std::size_t word_embedding = 100, character_embedding = 32, character_hidden = 64;
  std::size_t hidden = 200, layers = 2;
  double dropout = 0.4;
  /// A word seen n times is taken for unknown with probability a / (a + n) while training
  /// (Kiperwasser and Goldberg 2016, section 4.2): else no vector would ever be learnt for unknown
  /// words.
  double word_dropout = 0.25;
  /// The share of the loss on the finer tags, if the corpus has them. What two jobs need is learnt
  /// better (Collobert et al. 2011, section 4).
  double fine_share = 0.3;
};

/// Sentences as the tagger takes them.
struct TaggerBatch {
  PackedIndices words; ///< (N)
  SpeltWords spelt;    ///< the same N rows
  Indices tags, fine;  ///< (N); fine: () if there are none
};

class Tagger : public nn::Module {
public:
  Tagger(TaggerVocabulary vocabulary, const TaggerOptions& options, Rng& rng);

  /// Packs sentences, each of one word at least, or a std::invalid_argument. Tags may be missing
  /// when none are asked for. `drop`: draws word dropout from this generator.
  TaggerBatch batch(const std::vector<const TaggedSentence*>& sentences, Rng* drop = nullptr) const;

  /// Scores of all tags, and of all finer tags. -> (N, tags), (N, fine) or ()
  struct Scores {
    Var tags, fine;
  };
  Scores operator()(const TaggerBatch& batch, Rng& rng) const;
  /// The mean of the words' cross entropies.
  Var loss(const TaggerBatch& batch, Rng& rng) const;

  /// The likeliest tag of each word, as numbers, sentence by sentence. Nothing is dropped.
  std::vector<std::vector<int>> tag(const std::vector<const TaggedSentence*>& sentences);

  const TaggerVocabulary& vocabulary() const { return vocabulary_; }
  void visit(nn::Visitor& v) override;

private:
  TaggerVocabulary vocabulary_;
  TaggerOptions options_;
  nn::Embedding embed_;
  WordSpeller speller_;
  nn::LSTM lstm_;
  nn::Linear to_tags_, to_fine_;
};

} // namespace tapestry::inline TAPESTRY_PRECISION
