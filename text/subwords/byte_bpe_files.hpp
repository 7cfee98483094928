// Byte-level vocabularies in OpenAI's two formats: GPT-2's pair of files, and tiktoken's ranks.
#pragma once

#include <string>

#include "text/subwords/byte_bpe.hpp"

namespace tapestry {

/// GPT-2's encoder.json (tokens, spelt in the byte alphabet, and their ids) and vocab.bpe (a line
/// of
/// "#version", then two parts of a merge a line). A token that no merge makes and that is no single
/// byte becomes a special one, as <|endoftext|>.
/// Throws FormatError with the line of vocab.bpe, or what is wrong in encoder.json: a line that is
/// not two parts, a part or a result that has no id, a merge that is doubled or comes before those
/// that make its parts, a token or an id that is doubled, a byte without a token.
ByteBpeModel read_gpt2(const std::string& encoder_json, const std::string& vocab_bpe);
void write_gpt2(const std::string& encoder_json, const std::string& vocab_bpe,
                const ByteBpeModel& model);

/// A file of tiktoken: on each line the bytes of a token in base 64, a space, and its rank, which
/// is its id too. Two tokens are merged if what they are together is a token, the lowest rank
/// first. It says neither the pattern nor the special tokens: cl100k_base is PiecePattern::cl100k
/// with cl100k_special(). Throws FormatError with the line: not base 64, no rank, a doubled token
/// or rank; a byte without a token.
ByteBpeModel read_ranks(const std::string& path, PiecePattern pattern,
                        std::map<std::string, int> special = {});
/// Throws std::invalid_argument if the ids of the tokens do not stand for the ranks of the merges.
void write_ranks(const std::string& path, const ByteBpeModel& model);

/// <|endoftext|> 100257, <|fim_prefix|> 100258, <|fim_middle|>, <|fim_suffix|>, <|endofprompt|>
/// 100276.
std::map<std::string, int> cl100k_special();

} // namespace tapestry
