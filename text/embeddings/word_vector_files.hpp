// Files of word vectors, as word2vec and GloVe write them.
#pragma once

#include <string>

#include "text/embeddings/word_vectors.hpp"

namespace tapestry::inline TAPESTRY_PRECISION {

/// word2vec_text:   "2 3", then lines "the 0.1 0.2 0.3"
/// word2vec_binary: "2 3", then for each word "the ", its numbers as 32-bit floats in the order of
///                  bytes of x86 and ARM, and a line end, which some programs leave out
/// glove:           the lines without a first one. A word may hold spaces: the last D fields of a
///                  line are the numbers, and D is told from the first line
enum class WordVectorFormat { word2vec_text, word2vec_binary, glove };

/// Reads a file whose format is known. In memory are the words and the numbers. Throws FormatError:
/// "vectors.txt: line 3: ..." or "vectors.bin: byte 120: ..." for a first line that is not two
/// whole numbers, for more or fewer words or numbers than it says or the file can hold, for what is
/// no finite number, for a word that comes twice, and for an empty file.
WordVectors read_word_vectors(const std::string& path, WordVectorFormat format);
/// The same; the format is told from the file's beginning.
WordVectors read_word_vectors(const std::string& path);

/// Writes the file, whole or not at all. In the text formats, numbers have as many digits as bring
/// back the same bits. Throws FormatError if it cannot be written, and std::invalid_argument for a
/// word with a space or a line end in it, which would not be read back.
void write_word_vectors(const std::string& path, const WordVectors& vectors,
                        WordVectorFormat format);

} // namespace tapestry::inline TAPESTRY_PRECISION
