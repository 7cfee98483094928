// Text of any origin on a page.
#pragma once

#include <string>
#include <string_view>

namespace tapestry {

/// The characters that mean something in HTML as references, and what is not UTF-8, or a control
/// character, as U+FFFD.
std::string html_escaped(std::string_view text);

} // namespace tapestry
