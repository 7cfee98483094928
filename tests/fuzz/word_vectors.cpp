// Files of word vectors, in each format: what can be read is the same when it has been written and
// read again.
#include "autograd/base/error.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "text/embeddings/word_vector_files.hpp"

FUZZED(word_vectors) {
  using namespace tapestry;
  using Format = WordVectorFormat;
  const std::string path = as_file(data, size, "vectors");
  for (const Format format : {Format::word2vec_text, Format::word2vec_binary, Format::glove}) try {
      const WordVectors vectors = read_word_vectors(path, format);
      try {
        const std::string copy = path + ".copy";
        write_word_vectors(copy, vectors, format);
        const WordVectors back = read_word_vectors(copy, format);
        if (back.words() != vectors.words() || back.vectors() != vectors.vectors())
          __builtin_trap();
      } catch (const std::invalid_argument&) { // a word with a space in it
      }
    } catch (const FormatError&) {
    }
  try {
    read_word_vectors(path);
  } catch (const FormatError&) {
  }
  return 0;
}
