// How often a text is in another: for tests of pages.
#pragma once

#include <cstddef>
#include <string>

namespace tapestry::testing {

inline std::size_t times_in(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at) ++count;
  return count;
}

} // namespace tapestry::testing
