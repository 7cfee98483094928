// Words and characters of a translation as the metrics count them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tapestry {

/// The words between white space, as Python's str.split() finds them: Unicode's spaces too. A byte
/// that is not UTF-8 is part of a word.
std::vector<std::string> split_spaces(std::string_view line);

/// The words over which BLEU of translations is compared: "13a", as the script mteval-v13a.pl of
/// the NIST and sacrebleu (Post, "A Call for Clarity in Reporting BLEU Scores", WMT 2018) cut them.
///
/// Marks of ASCII are words of their own; but a full stop or a comma between two digits, a hyphen
/// that follows no digit, and an apostrophe stay: "3.14", "well-known", "don't". &quot; &amp; &lt;
/// and &gt; become what they stand for. Letters stay as they are. Never throws but for memory.
std::vector<std::string> tokens_13a(std::string_view line);

/// Lower case, one code point by one: Python's differs for a capital sigma at the end of a word and
/// for I with a dot. Bytes that are not UTF-8 become U+FFFD.
std::string lowered(std::string_view line);

/// The code points of a line; without white space unless it is asked for. A byte that is not UTF-8
/// is U+FFFD.
std::u32string characters_of(std::string_view line, bool whitespace);

} // namespace tapestry
