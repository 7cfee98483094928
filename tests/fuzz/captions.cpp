// A caption file and a list of names.
#include "autograd/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "text/corpora/caption_corpus.hpp"

FUZZED(captions) {
  using namespace tapestry;
  const std::string path = as_file(data, size, "captions.txt");
  try {
    for (const CaptionedImage& image : read_caption_file(path)) {
      if (image.name.empty() || image.captions.empty()) __builtin_trap();
      for (const std::string& caption : image.captions)
        if (caption.empty()) __builtin_trap();
    }
  } catch (const FormatError&) {
  }
  try {
    for (const std::string& name : read_split(path))
      if (name.empty()) __builtin_trap();
  } catch (const FormatError&) {
  }
  return 0;
}
