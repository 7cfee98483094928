// Text of any kind: never an error, what is composed stays, and no word is empty.
#include "tests/fuzz/fuzz.hpp"
#include "text/tokens/utf8.hpp"
#include "text/tokens/word_tokenizer.hpp"

FUZZED(words) {
  using namespace tapestry;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::u32string points = decode_utf8(text);
  if (decode_utf8(encode_utf8(points)) != points) __builtin_trap();
  const auto words = tokenize_words(text);
  for (const std::string& word : words)
    if (word.empty()) __builtin_trap();
  join_words(words);
  return 0;
}
