// A text that has been changed and still knows where each part of it came from.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokens/tokenizer.hpp"

namespace tapestry {

/// What to do with bytes that are not UTF-8.
enum class BadBytes {
  replace, ///< each byte becomes U+FFFD
  refuse   ///< FormatError "byte 17: 0xff is not UTF-8"
};

/// A text as it is now, always valid UTF-8, and for each part of it the bytes of the original.
/// It is kept for runs, of 32 bytes each: one where both are alike or were changed byte for byte,
/// and at most two more for each other change.
class AlignedText {
public:
  /// The text itself.
  explicit AlignedText(std::string_view original, BadBytes bad_bytes = BadBytes::replace);

  const std::string& text() const { return text_; }
  /// The bytes of the original that bytes [now.begin, now.end) of text() stand for; all of them
  /// where several became one. What stands for nothing has an empty span.
  /// Throws std::out_of_range unless begin <= end <= text().size().
  Span original(Span now) const;

  class Change; // aligned_change.hpp's way to the next text

private:
  AlignedText() = default;

  // Units follow each other: `now` bytes stand for `was` bytes. Units of the same sizes are one
  // run; a run ends where the next one begins.
  struct Run {
    std::size_t now_begin, was_begin; // of its first unit
    std::size_t now, was;             // bytes of each unit
  };
  void append_run(const Run& run, std::size_t now_bytes);

  std::string text_;
  std::vector<Run> runs_;
};

/// Makes the next text from one, from its beginning to its end; each call goes on where the last
/// one stopped. `bytes` of it are taken:
class AlignedText::Change {
public:
  explicit Change(const AlignedText& from) : from_(from) { to_.text_.reserve(from.text_.size()); }

  void keep(std::size_t bytes);                               ///< as they are
  void swap(std::size_t bytes, std::string_view same_length); ///< byte for byte
  void replace(std::size_t bytes, std::string_view text);     ///< by one thing of any length
  AlignedText finish();                                       ///< keeps what is left

private:
  void copy_runs(std::size_t end);

  const AlignedText& from_;
  AlignedText to_;
  std::size_t at_ = 0, run_ = 0; // how much of from_ is done, and the run that it lies in
};

} // namespace tapestry
