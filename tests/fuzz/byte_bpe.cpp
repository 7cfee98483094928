// Any bytes encoded: the fast way gives the plain one's ids, the spans are in order, and what is
// kept comes back.
#include "text/subwords/byte_bpe.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "text/subwords/learn_bpe.hpp"

namespace {

using namespace tapestry;

ByteBpeModel model_of(PiecePattern pattern) {
  WordCounts counts;
  count_pieces(
      "the weather, whether the other brothers like the weather or not: aaaa aaaaaaaa 1984 "
      "\u65e5\u672c\u8a9e \u65e5\u672c na\u00efve naive <|end|endoftext|>",
      pattern, counts);
  return learn_byte_bpe(counts, 200, pattern, {"<|endoftext|>", "<|"}, 1);
}

} // namespace

FUZZED(byte_bpe) {
  static const ByteBpe keeping(model_of(PiecePattern::gpt2), {InvalidUtf8::keep, false});
  static const ByteBpe replacing(model_of(PiecePattern::cl100k), {InvalidUtf8::replace, true});
  static const ByteBpe llama(model_of(PiecePattern::llama3), {InvalidUtf8::keep, true});
  const std::string text(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 2000));
  for (const ByteBpe* tokenizer : {&keeping, &replacing, &llama}) {
    const Encoding encoding = tokenizer->encode(text);
    if (encoding.ids != tokenizer->encode_plain(text)) __builtin_trap();
    std::size_t last = 0;
    for (const Span& span : encoding.spans) {
      if (span.begin > last || span.end < last || span.end > text.size()) __builtin_trap();
      last = span.end;
    }
    if (last != text.size()) __builtin_trap();
    if (tokenizer != &replacing && tokenizer->decode(encoding.ids) != text) __builtin_trap();
  }
  return 0;
}
