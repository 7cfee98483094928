// Several encodings side by side: special tokens at their ends, cut to a length, filled up to one.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "autograd/base/pool.hpp"
#include "autograd/tensor.hpp"
#include "text/tokens/tokenizer.hpp"

namespace tapestry {

enum class Side { left, right };

/// The special tokens that a sequence may begin and end with, as ids; their spans are empty and
/// stand where the text begins and ends.
struct SpecialTokens {
  std::optional<int> start = {}, end = {};

  std::size_t count() const { return std::size_t{start.has_value()} + end.has_value(); }
};

/// At most `most` tokens are left; those at this end are taken away.
void truncate(Encoding& encoding, std::size_t most, Side cut = Side::right);

/// <start>, the tokens, <end>, as far as they are asked for. text_size: bytes of the text.
Encoding with_special_tokens(const Encoding& encoding, const SpecialTokens& special,
                             std::size_t text_size);

inline namespace TAPESTRY_PRECISION {

struct BatchOptions {
  SpecialTokens special = {};
  std::size_t max_length = SIZE_MAX; ///< of a sequence, its special tokens counted
  Side cut = Side::right;            ///< which end of a text that is too long goes away
  int pad_id = 0;                    ///< Vocabulary::pad_id
  Side pad = Side::right;
  bool batch_first = false; ///< (B, T) instead of (T, B), as in nn
};

/// A batch of B texts, T the greatest length among them.
struct TokenBatch {
  Indices ids; ///< (T, B), or (B, T) if batch_first; pad_id where there is no token
  Tensor mask; ///< the same shape: 1 where there is a token, also for <start> and <end>, else 0
  std::vector<int, PoolAllocator<int>> lengths; ///< (B); 0 for a text without tokens
  std::vector<Encoding> encodings;              ///< (B), as they stand in ids, without the padding
};

/// Texts to a batch; the texts are shared by all cores. Throws std::invalid_argument if max_length
/// leaves no room for a special token, and what the tokenizer throws.
TokenBatch encode_batch(const Tokenizer& tokenizer, std::span<const std::string> texts,
                        const BatchOptions& options = {});

/// The last step of it alone: encodings that are ready, side by side.
TokenBatch pad_batch(std::vector<Encoding> encodings, int pad_id = 0, bool batch_first = false,
                     Side pad = Side::right);

} // namespace TAPESTRY_PRECISION

} // namespace tapestry
