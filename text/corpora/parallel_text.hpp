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

/// Pair by pair, in bounded memory: of one file of SOURCE<TAB>TARGET, where further columns (as
/// Tatoeba's attribution) are passed over, or of two files of a sentence a line, whose lines belong
/// together. Spaces around a sentence are dropped. Lines that are empty (in two files: in both) are
/// left out. A FormatError "PATH: line 17: ..." for a line without a tab, for a sentence that is
/// empty on one side alone, and for two files of which one ends before the other.
class ParallelReader {
public:
  explicit ParallelReader(const std::string& path, std::size_t most_bytes = 100'000);
  ParallelReader(const std::string& source, const std::string& target,
                 std::size_t most_bytes = 100'000);

  /// false at the end.
  bool next(SentencePair& pair);

private:
  bool next_of_two(SentencePair& pair);

  LineReader source_;
  std::unique_ptr<LineReader> target_; // of two files
};

std::vector<SentencePair> read_parallel(const std::string& path);
std::vector<SentencePair> read_parallel(const std::string& source, const std::string& target);

} // namespace tapestry
