// A text as numbers, for training word vectors: its words by frequency, and the text itself as ids.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tapestry {

/// Words are what stands between spaces, tabs and line ends; a line end also ends a sentence.
/// Nothing else is done to them: lower case, punctuation set apart and the like come before.
struct WordCorpus {
  static constexpr std::int32_t sentence_end = -1;

  std::vector<std::string> words;    ///< the most frequent first, equals in byte order
  std::vector<std::uint64_t> counts; ///< how often each occurs
  std::vector<std::int32_t> ids; ///< the text: kept words, and a sentence_end after each sentence
  std::uint64_t total = 0;       ///< kept words in the text: the sum of counts
};

struct WordCorpusOptions {
  std::uint64_t min_count = 5;   ///< words seen less often are taken out of the text
  std::size_t most_bytes = 1000; ///< of a word: more is an error, for no text has such words
};

/// Throws FormatError: "text: byte 17: ..." for a word that is too long and for a byte of value 0,
/// and std::invalid_argument if no word is left.
WordCorpus word_corpus(std::string_view text, const WordCorpusOptions& options = {});
/// The same of a file, which is read in pieces: in memory are the words and four bytes for each
/// word of the text, whatever its lines. read: called with the bytes read so far. A file that
/// cannot be read is a FormatError too.
WordCorpus read_word_corpus(const std::string& path, const WordCorpusOptions& options = {},
                            const std::function<void(std::uint64_t)>& read = {});

} // namespace tapestry
