#include "text/tokens/html.hpp"

#include "text/tokens/unicode.hpp"

namespace tapestry {

std::string html_escaped(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = code_point_at(text, at);
    switch (c.value) {
    case U'&':
      escaped += "&amp;";
      break;
    case U'<':
      escaped += "&lt;";
      break;
    case U'>':
      escaped += "&gt;";
      break;
    case U'"':
      escaped += "&quot;";
      break;
    case U'\'':
      escaped += "&#39;";
      break;
    default: {
      const bool control = (c.value < 0x20 && c.value != U'\n' && c.value != U'\t') ||
                           (c.value >= 0x7F && c.value < 0xA0);
      if (c.valid && !control)
        escaped += text.substr(at, c.bytes);
      else
        escaped += "\xEF\xBF\xBD";
    }
    }
    at += c.bytes;
  }
  return escaped;
}

} // namespace tapestry
