// One spelling for what is meant to be one word, and still the way back to the original bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/tokens/aligned_text.hpp"

namespace tapestry {

/// Steps that can be taken in any combination and order.
enum class Normalization {
  nfc,          ///< a letter and its accents become one code point, where there is one (UAX #15)
  nfkc,         ///< and ﬁ becomes fi, ① becomes 1, full-width Ａ becomes A: looks are dropped
  lower_case,   ///< Unicode's lower case, one code point by one; not Turkish: I becomes i, not ı
  strip_accents ///< é becomes e, ü becomes u, が becomes か: no mark without width (Mn) stays
};

/// "nfc", "nfkc", "lower_case", "strip_accents".
std::string to_string(Normalization step);
/// The step of this name. Throws std::invalid_argument, naming those that there are.
Normalization normalization_named(std::string_view name);

/// One step. What became one thing stands for all bytes that it was made of. Like decode_utf8(),
/// nfc, nfkc and strip_accents put a U+034F after each 30 marks on one letter.
AlignedText normalized(const AlignedText& text, Normalization step);

/// All steps, in their order.
AlignedText normalized(std::string_view original, std::span<const Normalization> steps,
                       BadBytes bad_bytes = BadBytes::replace);
inline AlignedText normalized(std::string_view original, std::vector<Normalization> steps,
                              BadBytes bad_bytes = BadBytes::replace) {
  return normalized(original, std::span<const Normalization>(steps), bad_bytes);
}

} // namespace tapestry
