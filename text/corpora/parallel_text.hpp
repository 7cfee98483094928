// Sentences in two languages, for translation.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "text/corpora/line_reader.hpp"

namespace tapestry {

struct SentencePair {
  std::string source, target;

  bool operator==(const SentencePair&) const = default;
};

struct ParallelOptions {
  std::size_t source_column = 0, target_column = 1;
  std::size_t most_bytes = 100'000; ///< in a line
};

/// Pair by pair, in bounded memory: of one file with tabs between its columns, of which two are
/// read and the others (as Tatoeba's attribution) passed over, or of two files of a sentence a
/// line, whose lines belong together. Spaces around a sentence are dropped. Lines that are empty
/// (in two files: in both) are left out. Bytes that are not UTF-8 are left for the tokenizer.
/// A FormatError "PATH: line 17: ..." for a line with too few columns or too many bytes, for a
/// sentence that is empty on one side alone, and for two files of which one ends before the other.
/// A std::invalid_argument if the two columns are the same one.
class ParallelReader {
public:
  explicit ParallelReader(const std::string& path, const ParallelOptions& options = {});
  static ParallelReader of_two_files(const std::string& source, const std::string& target,
                                     std::size_t most_bytes = 100'000);

  /// false at the end.
  bool next(SentencePair& pair);

private:
  bool next_of_two(SentencePair& pair);

  LineReader source_;
  ParallelOptions options_;
  std::unique_ptr<LineReader> target_; // of two files
};

/// All of them; a FormatError if there is none.
std::vector<SentencePair> read_parallel(const std::string& path,
                                        const ParallelOptions& options = {});
std::vector<SentencePair> read_parallel_files(const std::string& source, const std::string& target);

} // namespace tapestry
