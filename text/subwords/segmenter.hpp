// Sennrich's byte-pair encoding applied: words into subwords, "lowest" -> "low@@ est".
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "autograd/random.hpp"
#include "text/subwords/merge_queue.hpp"
#include "text/subwords/merges_file.hpp"
#include "text/subwords/pair_map.hpp"

namespace tapestry {

struct SegmenterOptions {
  /// Subwords that may come out, as they are written, with "@@" inside a word; empty for all. One
  /// that is not among them falls apart into what it was merged from, down to characters: so a
  /// vocabulary learned on two languages yields only what each of them really has.
  std::unordered_set<std::string> vocabulary = {};
  std::string mark = "@@"; ///< behind a subword that is not the last one of its word
};

/// The merges of learn_bpe(), applied as subword-nmt does.
class Segmenter {
public:
  explicit Segmenter(std::vector<SymbolMerge> merges, SegmenterOptions options = {});

  /// The subwords of a word, without marks; together they are the word. Time is n log n in its
  /// length.
  std::vector<std::string> segment(std::string_view word) const;
  /// With BPE-dropout (Provilkov et al. 2020): each time, a merge whose turn it is is left out with
  /// probability `dropout`, for training data alone. 0 is segment(), 1 gives characters.
  /// Throws std::invalid_argument for a dropout outside [0, 1].
  std::vector<std::string> segment(std::string_view word, double dropout, Rng& rng) const;

  /// A text of any number of lines, words and subwords with spaces between. Spaces at a line's ends
  /// stay, several between words become one.
  std::string segment_text(std::string_view text) const;
  std::string segment_text(std::string_view text, double dropout, Rng& rng) const;

  const std::vector<SymbolMerge>& merges() const { return merges_; }
  const SegmenterOptions& options() const { return options_; }

private:
  std::vector<std::string> merged(std::string_view word, const QueueOptions& queue) const;
  void split_unknown(std::string_view subword, bool last, std::vector<std::string>& into) const;
  bool known(std::string_view subword, bool last) const;
  template <class Segment>
  std::string each_word(std::string_view text, const Segment& segment) const;

  std::vector<SymbolMerge> merges_;
  SegmenterOptions options_;
  std::unordered_map<std::string, int> symbols_;
  std::vector<RankedMerge> ranked_;
  PairMap ranks_;
  std::unordered_map<std::string, std::size_t> parts_; // of a symbol: the merge that makes it
};

/// A text that segment_text() made, as it was: every "@@ " goes, and one at the end of a line.
std::string join_subwords(std::string_view text, std::string_view mark = "@@");

/// The subwords of a segmented text and how often each comes, the most frequent first: a line each,
/// "word count", as subword-nmt's get-vocab.
std::string count_subwords(std::string_view segmented);
/// Reads such a file; only those that come `threshold` times or more.
/// Throws FormatError with the line: not a word and a count, or a word that stands twice.
std::unordered_set<std::string> read_subword_vocabulary(const std::string& path,
                                                        std::int64_t threshold = 0);

} // namespace tapestry
