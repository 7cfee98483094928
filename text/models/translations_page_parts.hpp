// What a page of translations adds to a page of cards.
#pragma once

namespace tapestry {

extern const char* const translations_page_style;  ///< CSS
extern const char* const translations_page_script; ///< JavaScript: sorting by length, alignments

} // namespace tapestry
