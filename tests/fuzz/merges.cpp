// A file of merges: what can be read is the same when it has been written and read again, and
// segments a word into parts of it.
#include "autograd/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "text/subwords/merges_file.hpp"
#include "text/subwords/segmenter.hpp"

FUZZED(merges) {
  using namespace tapestry;
  try {
    const std::vector<SymbolMerge> merges = read_merges(as_file(data, size, "merges"));
    const std::string text = merges_text(merges);
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    if (read_merges(as_file(bytes, text.size(), "again")) != merges) __builtin_trap();
    const Segmenter segmenter(merges);
    std::string joined;
    const std::string word(reinterpret_cast<const char*>(data), std::min<std::size_t>(size, 100));
    for (const std::string& part : segmenter.segment(word)) joined += part;
    if (joined != word) __builtin_trap();
  } catch (const FormatError&) {
  }
  return 0;
}
