// Texts of a small grammar of English, for programs that run without any download: sentences with
// parts of speech, reviews whose words must be read in order, and stories.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "text/corpora/conllu.hpp"
#include "text/corpora/labelled_text.hpp"

namespace tapestry {

/// Sentences like "my dog ate the assignment", with tags of Universal Dependencies (a possessive is
/// DET there). Some words have a tag that only their neighbours tell: "works", "watch", "light".
/// The same seed gives the same sentences.
std::vector<TaggedSentence> small_tagged(std::size_t count, std::uint64_t seed);

/// Reviews like "the soup was not bad at all", labelled "0" (it blames) or "1" (it praises), each
/// about as often. The same words in another order may say the opposite: "good , not bad" and "bad
/// , not good".
std::vector<LabelledText> small_reviews(std::size_t count, std::uint64_t seed);

/// At least `characters` characters of stories of one to four sentences a line.
std::string small_stories(std::size_t characters, std::uint64_t seed);

} // namespace tapestry
