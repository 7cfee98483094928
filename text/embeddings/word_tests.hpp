// Questions that good word vectors can answer: analogies, and how alike two words are.
#pragma once

#include <string>
#include <vector>

#include "text/embeddings/word_vectors.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// "Athens is to Greece as Baghdad is to Iraq", under the name of its section.
struct AnalogyQuestion {
  std::string section, a, b, c, d;
};

/// The format of questions-words.txt (Mikolov et al. 2013a): a line ": name" begins a section,
/// every other line has four words. Throws FormatError with the line for another number of words or
/// a question before the first section. lower: A to Z become a to z.
std::vector<AnalogyQuestion> read_analogies(const std::string& path, bool lower = false);

/// Of some questions, how many there were, had all four words in the table, and were answered by
/// the fourth.
struct AnalogyScore {
  std::string section;
  std::size_t questions = 0, asked = 0, right = 0;
  /// right / asked, or 0 if none was asked.
  double share() const { return asked == 0 ? 0 : double(right) / double(asked); }
};

/// A score for each section, in order. Answers are sought among the first `among` words, as
/// word2vec's own test does with 30,000; questions with a rarer word are passed over. 0: all.
std::vector<AnalogyScore> score_analogies(const WordVectors& vectors,
                                          const std::vector<AnalogyQuestion>& questions,
                                          std::size_t among = 30'000);
/// Added up, of the sections that `wanted` names: a section whose name begins with "gram" asks for
/// grammar, the others for meaning.
enum class AnalogyKind { all, meaning, grammar };
AnalogyScore total_of(const std::vector<AnalogyScore>& scores, AnalogyKind kind = AnalogyKind::all);

/// Two words and how alike people find them.
struct WordPair {
  std::string a, b;
  double score;
};

/// Lines "tiger TAB cat TAB 7.35", as of WordSim-353 and SimLex-999; lines that begin with # are
/// passed over. Throws FormatError with the line. lower: as above.
std::vector<WordPair> read_word_pairs(const std::string& path, bool lower = false);

struct SimilarityScore {
  std::size_t pairs = 0, asked = 0; ///< asked: both words are in the table
  double correlation = 0;           ///< Spearman's, of those; NaN if there are not two
};
/// Cosines against people's scores.
SimilarityScore score_similarities(const WordVectors& vectors, const std::vector<WordPair>& pairs);

/// Spearman's rank correlation: the correlation of the ranks, where equal numbers share the mean of
/// theirs. -1 to 1; NaN for fewer than two, or if all of one side are equal. Throws
/// std::invalid_argument for lists of different lengths.
double spearman(const std::vector<double>& x, const std::vector<double>& y);

} // namespace tapestry::inline TAPESTRY_PRECISION
