// What a page of captions adds to a page of cards.
#pragma once

namespace tapestry {

extern const char* const results_page_style;  ///< CSS
extern const char* const results_page_script; ///< JavaScript: sorting by name, numbers on tap

} // namespace tapestry
