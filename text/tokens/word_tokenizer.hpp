// From a sentence to its words, and back to a sentence a person would write.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tapestry {

/// Lower-case words and marks. A word is a run of letters and digits; an apostrophe or a hyphen
/// between two of them belongs to it ("it's", "well-known"). Any other character that is not a
/// space is a token of its own, with one exception: the English endings 's 't 'd 'm 're 've 'll
/// that some corpora write apart ("the man 's hat") keep their apostrophe.
///
/// Letters, digits and lower case are Unicode's. A typographic apostrophe or hyphen becomes the
/// plain one, invisible format characters vanish, and a byte that is not UTF-8 becomes U+FFFD.
std::vector<std::string> tokenize_words(std::string_view text);

/// One line of text: the words with a space between, but none before , . ! ? ; : and closing
/// brackets, none after opening ones, and none inside a pair of double quotes next to its marks.
/// Does not bring capitals back.
std::string join_words(std::span<const std::string> words);

} // namespace tapestry
