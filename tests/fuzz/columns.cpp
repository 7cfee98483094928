// Files with columns and plain text: labelled sentences, parallel ones, a text in pieces.
#include "autograd/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "text/corpora/labelled_text.hpp"
#include "text/corpora/parallel_text.hpp"
#include "text/corpora/text_stream.hpp"

FUZZED(columns) {
  using namespace tapestry;
  const std::string path = as_file(data, size, "columns.txt");
  try {
    for (const LabelledText& example : read_labelled(path))
      if (example.text.empty() || example.label.empty()) __builtin_trap();
  } catch (const FormatError&) {
  }
  try {
    for (const SentencePair& pair : read_parallel(path))
      if (pair.source.empty() || pair.target.empty()) __builtin_trap();
  } catch (const FormatError&) {
  }
  try {
    for (const SentencePair& pair : read_parallel_files(path, path))
      if (pair.source != pair.target) __builtin_trap();
  } catch (const FormatError&) {
  }
  std::string whole[2]; // however it is cut
  for (const std::size_t most : {4, 1000}) try {
      TextStream stream(path, most);
      for (std::string piece; stream.next(piece);) {
        if (piece.empty() || piece.size() > most) __builtin_trap();
        whole[most > 4] += piece;
      }
    } catch (const FormatError&) {
      return 0;
    }
  if (whole[0] != whole[1]) __builtin_trap();
  return 0;
}
