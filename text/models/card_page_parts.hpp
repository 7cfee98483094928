// What is the same on every page of cards.
#pragma once

namespace tapestry {

extern const char* const card_page_style;  ///< CSS
extern const char* const card_page_script; ///< JavaScript: sorting and filtering

} // namespace tapestry
