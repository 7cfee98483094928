// Text of any kind: never an error, no word is empty, and none holds a space.
#include "text/metrics/caption_tokens.hpp"
#include "tests/fuzz/fuzz.hpp"

FUZZED(caption_tokens) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string& word : tapestry::caption_tokens(text))
    if (word.empty() || word.find(' ') != std::string::npos) __builtin_trap();
  return 0;
}
