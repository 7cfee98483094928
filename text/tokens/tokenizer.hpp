// What every tokenizer does: text to ids and back, and for each id the bytes that it stands for.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tapestry {

/// Bytes [begin, end) of the original text, whatever has been done to it since.
struct Span {
  std::size_t begin = 0, end = 0;
  bool operator==(const Span&) const = default;
};

/// A part of a text as it is now, and where it stood. Pieces are in the order of the text.
struct Piece {
  std::string text;
  Span span;
  bool operator==(const Piece&) const = default;
};

/// Ids, and for each what it stands for: text.substr(spans[i].begin, spans[i].end -
/// spans[i].begin). An id that stands for nothing in the text (<start>, <pad>) has an empty span.
struct Encoding {
  std::vector<int> ids;
  std::vector<Span> spans; ///< as many as ids
  bool operator==(const Encoding&) const = default;
};

/// Text to ids and back. Made or learnt elsewhere; here it is only used, by any number of threads.
class Tokenizer {
public:
  virtual ~Tokenizer() = default;

  /// Any text, valid UTF-8 or not.
  virtual Encoding encode(std::string_view text) const = 0;
  /// The text of these ids. What encode() has normalised away does not come back.
  /// Throws std::out_of_range, naming the id, if there is none such.
  virtual std::string decode(std::span<const int> ids) const = 0;
  /// Ids are 0 .. size() - 1.
  virtual std::size_t size() const = 0;
  /// Throws std::runtime_error if the file cannot be written.
  virtual void save(const std::string& path) const = 0;
};

} // namespace tapestry
