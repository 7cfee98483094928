// CoNLL-U, the format of Universal Dependencies: a word a line, its columns behind tabs, an empty
// line after each sentence (https://universaldependencies.org/format.html).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "text/corpora/line_reader.hpp"

namespace tapestry {

/// A syntactic word: what is tagged. "_" stands for what is not said.
struct ConlluWord {
  std::string form, lemma, upos, xpos, feats;
  int head = -1; ///< the number of the word it depends on, from 1; 0: the root; -1: not said
  std::string deprel, deps, misc;

  bool operator==(const ConlluWord&) const = default;
};

/// What is written as one, but are several words: "2-3 don't" above do and n't.
struct MultiwordToken {
  std::size_t first = 1, last = 1; ///< numbers of its words, from 1, both included
  std::string form, misc;

  bool operator==(const MultiwordToken&) const = default;
};

/// A word that nobody wrote, between the others: "8.1 reported".
struct EmptyNode {
  std::size_t after = 0, number = 1; ///< 8 and 1 of 8.1; after = 0: before the first word
  ConlluWord word;

  bool operator==(const EmptyNode&) const = default;
};

struct ConlluSentence {
  std::vector<std::string> comments; ///< each with its '#'
  std::vector<ConlluWord> words;
  std::vector<MultiwordToken> tokens;
  std::vector<EmptyNode> empty;
  std::size_t line = 0; ///< the first one of the sentence in its file

  /// The lines of the file, and the empty one.
  std::string to_text() const;
};

struct ConlluOptions {
  std::size_t most_words = 10'000;  ///< in a sentence; also comments, and empty nodes
  std::size_t most_bytes = 100'000; ///< in a line
};

/// Sentence by sentence, in the memory of one. A FormatError "PATH: line 17: 9 columns; expected
/// 10" for a wrong number of columns, ids that do not count up, a multiword token whose words do
/// not follow or that overlaps another, a head that is not among the words, an empty field, a
/// comment inside of a sentence, and a sentence that is longer than the options allow. The last
/// sentence may lack its empty line. Spaces inside of a field are allowed.
class ConlluReader {
public:
  explicit ConlluReader(const std::string& path, const ConlluOptions& options = {});
  /// false at the end of the file.
  bool next(ConlluSentence& sentence);

private:
  void add(ConlluSentence& sentence, const std::string& line) const;
  void finish(const ConlluSentence& sentence) const;

  LineReader lines_;
  ConlluOptions options_;
};

std::vector<ConlluSentence> read_conllu(const std::string& path, const ConlluOptions& options = {});

/// Words and their tags, for a tagger. Both of one length.
struct TaggedSentence {
  std::vector<std::string> words, tags;
  std::vector<std::string> fine; ///< finer tags (XPOS), or empty
};

/// Forms with UPOS, and with XPOS if every word of the file has one. A FormatError as above, and
/// for a word without UPOS or a file without sentences.
std::vector<TaggedSentence> read_tagged(const std::string& path, const ConlluOptions& options = {});

} // namespace tapestry
