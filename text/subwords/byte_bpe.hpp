// Byte-level byte-pair encoding, as GPT-2 and its successors use it: any text is bytes, so nothing
// is out of vocabulary.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "text/subwords/merge_table.hpp"
#include "text/subwords/piece_pattern.hpp"
#include "text/tokens/tokenizer.hpp"

namespace tapestry {

/// All that the files of such a vocabulary hold.
struct ByteBpeModel {
  std::vector<std::string> tokens; ///< the bytes of each id, empty for a special token's or none
  std::vector<Merge> merges;       ///< by rank
  std::map<std::string, int>
      special; ///< tokens that no merge makes, as <|endoftext|>, and their ids
  PiecePattern pattern = PiecePattern::gpt2;
  /// A piece that is a token is this token, even if the merges make something else of it. So do
  /// tiktoken, and tokenizer.json with ignore_merges.
  bool whole_pieces = false;
  bool operator==(const ByteBpeModel&) const = default;
};

/// What becomes of bytes that are not UTF-8.
enum class InvalidUtf8 {
  /// U+FFFD stands for each part that begins like a character but is none, as Python's
  /// bytes.decode(errors="replace") and the web have it. Its tokens' spans are those bytes.
  replace,
  keep,   ///< they are encoded as they are, and come back
  refuse, ///< std::invalid_argument names the first of them
};

struct ByteBpeOptions {
  InvalidUtf8 invalid = InvalidUtf8::replace;
  /// Whether the name of a special token in a text becomes that token. Text of other people's
  /// should not be able to say <|endoftext|>, so by default it is text as any other.
  bool special_in_text = false;
};

class ByteBpe : public Tokenizer {
public:
  /// Throws std::invalid_argument as MergeTable does, and for a special token without a name, or
  /// with an id that is negative or another token's.
  explicit ByteBpe(ByteBpeModel model, const ByteBpeOptions& options = {});
  ~ByteBpe() override;
  ByteBpe(ByteBpe&&) noexcept;

  /// A span may begin or end inside a character: a token is bytes.
  Encoding encode(std::string_view text) const override;
  /// The same ids, appended to `ids`, in less time. Both share long texts among the cores.
  void encode_ids(std::string_view text, std::vector<int>& ids) const;
  /// The bytes of the tokens; of a special one, its name.
  std::string decode(std::span<const int> ids) const override;
  /// One more than the largest id. Some vocabularies have holes: decode() refuses their ids.
  std::size_t size() const override;
  /// As a tokenizer.json (tokenizer_json.hpp), which holds all of the model.
  void save(const std::string& path) const override;

  const ByteBpeModel& model() const;
  /// The readable way, for comparison: pieces by encode_plain(), no cache, one thread.
  std::vector<int> encode_plain(std::string_view text) const;

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace tapestry
