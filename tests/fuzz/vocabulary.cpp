// A vocabulary's file: what can be read is the same when it has been written and read again.
#include "text/tokens/vocabulary.hpp"
#include "autograd/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"

FUZZED(vocabulary) {
  using namespace tapestry;
  try {
    const Vocabulary words =
        Vocabulary::from_text({reinterpret_cast<const char*>(data), size}, "x");
    if (!(Vocabulary::from_text(words.to_text(), "y") == words)) __builtin_trap();
    for (int id = 0; id < static_cast<int>(words.size()); ++id)
      if (words.id(words.word(id)) != id) __builtin_trap();
  } catch (const FormatError&) {
  }
  return 0;
}
