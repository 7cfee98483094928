// Hugging Face's tokenizer.json, for byte-level byte-pair encoding.
#pragma once

#include <string>

#include "text/subwords/byte_bpe.hpp"

namespace tapestry {

/// A model of type "BPE" over bytes: pre-tokenizer ByteLevel, or Split by one of our patterns and
/// then ByteLevel; added tokens as special ones. The ids are those of its tokenizers library if
/// special tokens may stand in the text (ByteBpeOptions).
///
/// Throws FormatError, one line that names what it cannot do: another type of model, a normalizer,
/// another pre-tokenizer or pattern, a space put first, dropout, unknown tokens, prefixes,
/// suffixes, byte fallback, an added token that strips spaces or stands in words only; or what is
/// wrong: a doubled token, id or merge, a merge whose parts or result are no tokens, a byte without
/// a token. Truncation, padding, post-processor and decoder are for whoever makes a batch, and not
/// read.
ByteBpeModel read_tokenizer_json(const std::string& path);

/// Throws FormatError if the file cannot be written.
void write_tokenizer_json(const std::string& path, const ByteBpeModel& model);

} // namespace tapestry
