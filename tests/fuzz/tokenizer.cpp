// A tokenizer's file: what can be read is the same when it has been written and read again, and
// takes any text.
#include "autograd/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "text/tokens/vocabulary_tokenizer.hpp"

FUZZED(tokenizer) {
  using namespace tapestry;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  PieceCounter counter({.split = Split::characters, .normalize = {Normalization::nfc}});
  counter.add(bytes);
  const VocabularyTokenizer learnt = counter.tokenizer();
  if (learnt.decode(learnt.encode(bytes).ids) != normalized(bytes, {Normalization::nfc}).text())
    __builtin_trap();
  try {
    const VocabularyTokenizer tokenizer = VocabularyTokenizer::from_text(bytes, "x");
    if (VocabularyTokenizer::from_text(tokenizer.to_text(), "y").to_text() != tokenizer.to_text())
      __builtin_trap();
    const Encoding encoding = tokenizer.encode(bytes);
    if (encoding.ids.size() != encoding.spans.size()) __builtin_trap();
    for (const int id : encoding.ids)
      if (id < Vocabulary::unk_id || static_cast<std::size_t>(id) >= tokenizer.size())
        __builtin_trap();
    tokenizer.decode(encoding.ids);
  } catch (const FormatError&) {
  }
  return 0;
}
