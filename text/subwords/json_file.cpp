#include "text/subwords/json_file.hpp"

#include <unordered_set>
#include <vector>

#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"

namespace tapestry {

namespace {

constexpr std::uint64_t most_bytes = 256'000'000;
constexpr int most_levels = 64;

} // namespace

nlohmann::json parse_json(const std::string& text, const std::string& name) {
  using nlohmann::json;
  std::vector<std::unordered_set<std::string>> names; // of the objects that are open
  const json::parser_callback_t look = [&](int depth, json::parse_event_t event, json& value) {
    if (depth > most_levels)
      throw FormatError(name + ": more than " + std::to_string(most_levels) + " levels deep");
    if (event == json::parse_event_t::object_start) names.emplace_back();
    if (event == json::parse_event_t::object_end) names.pop_back();
    if (event == json::parse_event_t::key &&
        !names.back().insert(value.get_ref<const std::string&>()).second)
      throw FormatError(name + ": \"" + value.get_ref<const std::string&>() +
                        "\" stands twice in one object");
    return true;
  };
  try {
    return json::parse(text, look);
  } catch (const json::parse_error& error) {
    throw FormatError(name, error.byte, "expected JSON: " + std::string(error.what()));
  }
}

nlohmann::json read_json(const std::string& path) {
  return parse_json(read_file(path, most_bytes), path);
}

} // namespace tapestry
