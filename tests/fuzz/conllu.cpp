// Universal Dependencies: what is read is written and read again as the same.
#include "text/corpora/conllu.hpp"
#include "autograd/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"

FUZZED(conllu) {
  using namespace tapestry;
  const ConlluOptions options{.most_words = 50, .most_bytes = 500};
  try {
    const auto all = read_conllu(as_file(data, size, "a.conllu"), options);
    std::string text;
    for (const ConlluSentence& sentence : all) text += sentence.to_text();
    const auto again = read_conllu(
        as_file(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), "again.conllu"),
        options);
    if (again.size() != all.size()) __builtin_trap();
    for (std::size_t i = 0; i < all.size(); ++i)
      if (again[i].words != all[i].words || again[i].tokens != all[i].tokens ||
          again[i].empty != all[i].empty || again[i].comments != all[i].comments)
        __builtin_trap();
  } catch (const FormatError&) {
  }
  return 0;
}
