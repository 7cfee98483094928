// Subwords as ids: each then is a 'word' to any model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "text/subwords/segmenter.hpp"
#include "text/tokens/tokenizer.hpp"
#include "text/tokens/vocabulary.hpp"

namespace tapestry {

/// Words, what stands between white space, segmented; ids by a vocabulary of subwords as they are
/// written, with the mark inside a word. A subword that it lacks becomes <unk>.
class SubwordTokenizer : public Tokenizer {
public:
  SubwordTokenizer(Segmenter segmenter, Vocabulary subwords);

  const Vocabulary& vocabulary() const { return subwords_; }

  /// A span holds the bytes of the subword, without space and mark.
  Encoding encode(std::string_view text) const override;
  /// The subwords before the first <end>, without <pad> and <start>, with one space between words.
  std::string decode(std::span<const int> ids) const override;
  std::size_t size() const override { return subwords_.size(); }
  /// JSON: merges, mark and subwords.
  void save(const std::string& path) const override;
  /// Throws FormatError if it is not what save() wrote.
  static SubwordTokenizer load(const std::string& path);

private:
  Segmenter segmenter_;
  Vocabulary subwords_;
};

/// Learns `merges` merges on all texts together, and takes the subwords that then occur at least
/// `min_count` times in them. Texts of two languages give one vocabulary for both (Sennrich et al.,
/// "Neural Machine Translation of Rare Words with Subword Units", ACL 2016, section 3.2).
SubwordTokenizer learn_subwords(std::span<const std::string> texts, std::size_t merges,
                                std::uint64_t min_count = 1);

} // namespace tapestry
