// A JSON file that people wrote: what is doubled in it is found, and errors name the file.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

namespace tapestry {

/// A vocabulary's file may not ask for more: no real one has as many.
inline constexpr int most_ids = 10'000'000;

/// The parsed file. Throws FormatError: not readable, larger than 256 MB, not JSON (with the byte),
/// not UTF-8, more than 64 levels deep, or a name that stands twice in one object.
nlohmann::json read_json(const std::string& path);
/// The same of a text; `name` stands for the path in errors.
nlohmann::json parse_json(const std::string& text, const std::string& name);

} // namespace tapestry
