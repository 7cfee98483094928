// Bytes that are not UTF-8: found, and replaced with their places kept.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokens/tokenizer.hpp"

namespace tapestry {

/// The first byte that belongs to no character of UTF-8; text.size() if there is none.
std::size_t first_invalid(std::string_view text);

/// A text in which U+FFFD stands for what was not UTF-8, and where each byte came from. One for
/// each part that begins as a character does and then breaks off (Unicode 15, chapter 3, "U+FFFD
/// substitution of maximal subparts"), as in Python.
class ValidText {
public:
  explicit ValidText(std::string_view text);

  const std::string& text() const { return text_; }
  /// What bytes [begin, end) of text() stand for in the original.
  Span original(Span span) const;

private:
  struct Replaced {
    std::size_t at;    // in text_, of the three bytes of U+FFFD
    std::size_t begin; // in the original
    std::size_t bytes;
  };
  std::string text_;
  std::vector<Replaced> replaced_;
};

} // namespace tapestry
