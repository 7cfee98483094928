// The parts of a page of results that are the same on every page.
#pragma once

namespace tapestry {

extern const char* const results_page_style;  ///< CSS
extern const char* const results_page_script; ///< JavaScript: sorting, filtering, numbers on tap

} // namespace tapestry
