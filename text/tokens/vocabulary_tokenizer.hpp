// Pieces of a text as ids of a vocabulary: the tokenizer of chapter 6.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/tokens/splitter.hpp"
#include "text/tokens/tokenizer.hpp"
#include "text/tokens/vocabulary.hpp"

namespace tapestry {

/// Normalises, cuts, and looks each piece up. A piece that the vocabulary lacks becomes <unk>, and
/// its span still says which part of the text it was. Text cannot bring a special word in: what
/// reads "<end>" there is an unknown word.
class VocabularyTokenizer final : public Tokenizer {
public:
  VocabularyTokenizer(Vocabulary vocabulary, TextOptions options);

  const Vocabulary& vocabulary() const { return vocabulary_; }
  const TextOptions& options() const { return options_; }

  /// One id a piece. Throws FormatError for bad bytes that are to be refused.
  Encoding encode(std::string_view text) const override;
  /// The ids alone, added to `ids`.
  void encode_ids(std::string_view text, std::vector<int>& ids) const;

  /// The words before the first <end>, without <pad> and <start>: characters as they follow, else
  /// put together by join_words(), or with a space between if the text was cut at whitespace.
  std::string decode(std::span<const int> ids) const override;

  std::size_t size() const override { return vocabulary_.size(); }

  /// A line that names the format, one each for `split`, `normalize` and `bad_bytes`, then the
  /// vocabulary's lines.
  void save(const std::string& path) const override;
  /// Reads it back. Throws FormatError, "path: line 3: ...", for what save() cannot have written.
  static VocabularyTokenizer load(const std::string& path);
  std::string to_text() const;
  static VocabularyTokenizer from_text(std::string_view text,
                                       const std::string& name = "tokenizer");

private:
  int id_of(const std::string& piece) const;

  Vocabulary vocabulary_;
  TextOptions options_;
};

/// Counts the pieces of texts: what a vocabulary is made of.
class PieceCounter {
public:
  explicit PieceCounter(TextOptions options = {}) : options_(std::move(options)) {}

  void add(std::string_view text);

  /// How often each piece has occurred.
  const std::unordered_map<std::string, std::uint64_t>& counts() const { return counts_; }
  std::uint64_t pieces() const { return pieces_; } ///< the sum of the counts

  /// The most frequent ones (Vocabulary::from_counts), with the options that they were cut by.
  VocabularyTokenizer tokenizer(std::uint64_t min_count = 1,
                                std::size_t max_words = SIZE_MAX) const {
    return {Vocabulary::from_counts(counts_, min_count, max_words), options_};
  }

private:
  TextOptions options_;
  std::unordered_map<std::string, std::uint64_t> counts_;
  std::uint64_t pieces_ = 0;
};

} // namespace tapestry
