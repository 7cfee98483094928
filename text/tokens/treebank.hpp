// The Penn Treebank's rules for English words.
#pragma once

#include <string_view>

#include "text/tokens/splitter.hpp"

namespace tapestry {

/// split_treebank()'s rules on valid UTF-8; splitter.hpp says more.
void visit_treebank(std::string_view text, const VisitPiece& visit);

} // namespace tapestry
