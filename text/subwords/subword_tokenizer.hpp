// Subwords as ids: each then is a 'word' to any model.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "text/subwords/segmenter.hpp"
#include "text/tokens/tokenizer.hpp"

namespace tapestry {

/// Words, what stands between white space, segmented; ids by the order of a list of subwords.
class SubwordTokenizer : public Tokenizer {
public:
  static constexpr int unk_id = 0; ///< <unk>: a subword that the list does not have

  /// `subwords` as they are written, with the mark inside a word; they get the ids 1, 2, ...
  /// Throws std::invalid_argument if one is empty or stands twice.
  SubwordTokenizer(Segmenter segmenter, std::vector<std::string> subwords);

  /// A span holds the bytes of the subword, without space and mark.
  Encoding encode(std::string_view text) const override;
  /// With one space between words.
  std::string decode(std::span<const int> ids) const override;
  std::size_t size() const override { return subwords_.size(); }
  /// JSON: merges, mark and subwords.
  void save(const std::string& path) const override;
  /// Throws FormatError if it is not what save() wrote.
  static SubwordTokenizer load(const std::string& path);

private:
  Segmenter segmenter_;
  std::vector<std::string> subwords_; // the first is <unk>
  std::unordered_map<std::string, int> ids_;
};

} // namespace tapestry
