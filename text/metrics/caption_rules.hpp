// The rules by which captions are cut into words.
#pragma once

#include <vector>

#include "text/metrics/pattern.hpp"

namespace tapestry {

/// What a word may be, and what must follow it.
struct CaptionRule {
  patterns::Pattern word, after;
  enum Kind { plain, verbatim, quote } kind = plain;
};

/// Of all the rules that match at a place, the one that reaches furthest, with what must follow,
/// says where the word ends; of several that reach as far the first.
const std::vector<CaptionRule>& caption_rules();

} // namespace tapestry
