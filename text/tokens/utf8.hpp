// UTF-8 in and out of code points. Text from the wild is not always valid; reading it never fails.
#pragma once

#include <string>
#include <string_view>

namespace tapestry {

/// The code points of `text` in Unicode's composed form (NFC), so that an accented letter is the
/// same code point however it was typed; a letter with more than 30 marks gets a U+034F after each
/// 30. Bytes that are not UTF-8 become U+FFFD, one for each.
std::u32string decode_utf8(std::string_view text);

/// `code_points` as UTF-8. What is no code point becomes U+FFFD.
std::string encode_utf8(std::u32string_view code_points);

} // namespace tapestry
