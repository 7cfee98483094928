// The parts of speech in a scene's caption: truth for a tagger to learn.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tapestry::inline TAPESTRY_PRECISION {

struct TaggedWord {
  std::string word;
  std::string tag; ///< of the 17 of Universal Dependencies: "NOUN"

  bool operator==(const TaggedWord&) const = default;
};

/// The words of a caption of the scenes' grammar, with their tags: "a red circle" -> a DET,
/// red ADJ, circle NOUN. Three words change theirs with their neighbours ("inside", "is", "left"
/// with "right"). Throws FormatError that names a word the grammar does not have.
/// Tags: https://universaldependencies.org/u/pos
std::vector<TaggedWord> tag_caption(std::string_view caption);

} // namespace tapestry::inline TAPESTRY_PRECISION
