// Bytes as 64 letters, digits and signs (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tapestry {

std::string to_base64(std::string_view bytes);
/// Nothing if `text` is not what to_base64() writes.
std::optional<std::string> from_base64(std::string_view text);

} // namespace tapestry
