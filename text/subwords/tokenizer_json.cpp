#include "text/subwords/tokenizer_json.hpp"

#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "text/subwords/byte_alphabet.hpp"
#include "text/subwords/json_file.hpp"

namespace tapestry {

namespace {

using nlohmann::json;

/// The readers' place in a file; it says what is wrong.
class TokenizerReader {
public:
  explicit TokenizerReader(const std::string& path) : path_(path) {}

  [[noreturn]] void fail(const std::string& problem) const {
    throw FormatError(path_ + ": " + problem);
  }
  void need(bool holds, const std::string& problem) const {
    if (!holds) fail(problem);
  }
  /// The entry, or null if there is none.
  const json& at(const json& object, const char* name) const {
    static const json nothing;
    if (!object.is_object()) fail(fmt::format("expected an object around \"{}\"", name));
    const auto found = object.find(name);
    return found == object.end() ? nothing : *found;
  }
  std::string text(const json& object, const char* name) const {
    const json& entry = at(object, name);
    return entry.is_string() ? entry.get<std::string>() : std::string();
  }
  /// Only null, false, 0 and "" are ours.
  void need_off(const json& object, const char* name) const {
    const json& entry = at(object, name);
    const bool off = entry.is_null() || entry == json(false) || entry == json("") ||
                     entry == json(0) || (entry.is_number() && entry.get<double>() == 0);
    if (!off)
      fail(fmt::format("\"{}\" is {}: this is not supported", name,
                       entry.dump(-1, ' ', true).substr(0, 80)));
  }
  int id(const json& value, const std::string& token) const {
    if (!value.is_number_integer() || value < 0 || value >= most_ids)
      fail(fmt::format("\"{}\": expected an id from 0 to {}", token, most_ids - 1));
    return value.get<int>();
  }

private:
  const std::string& path_;
};

/// ByteLevel, or [Split by a pattern, ByteLevel].
PiecePattern read_pattern(const TokenizerReader& reader, const json& pre_tokenizer) {
  const auto byte_level = [&](const json& step, bool splits) {
    const std::string type = reader.text(step, "type");
    reader.need(type == "ByteLevel",
                fmt::format("the pre-tokenizer {} is not supported", type.empty() ? "none" : type));
    reader.need_off(step, "add_prefix_space");
    reader.need(reader.at(step, "use_regex") != json(false) || !splits,
                "ByteLevel without its regex needs a Split before it");
    reader.need(reader.at(step, "use_regex") == json(false) || splits,
                "ByteLevel with its regex after a Split is not supported");
  };
  if (pre_tokenizer.is_null()) reader.fail("there is no pre-tokenizer; expected ByteLevel");
  if (reader.text(pre_tokenizer, "type") != "Sequence") {
    byte_level(pre_tokenizer, true);
    return PiecePattern::gpt2;
  }
  const json& steps = reader.at(pre_tokenizer, "pretokenizers");
  reader.need(steps.is_array() && steps.size() == 2,
              "expected two pre-tokenizers, Split and ByteLevel");
  const std::string type = reader.text(steps[0], "type");
  reader.need(type == "Split", fmt::format("the pre-tokenizer {} is not supported", type));
  reader.need(reader.text(steps[0], "behavior") == "Isolated" &&
                  reader.at(steps[0], "invert") != json(true),
              "a Split is supported only if its behavior is Isolated and not inverted");
  const std::string expression = reader.text(reader.at(steps[0], "pattern"), "Regex");
  const auto pattern = pattern_of(expression);
  reader.need(pattern.has_value(),
              fmt::format("the pattern {} is not supported", expression.substr(0, 200)));
  byte_level(steps[1], false);
  return *pattern;
}

std::pair<std::string, std::string> parts_of_merge(const TokenizerReader& reader, const json& merge,
                                                   std::size_t rank) {
  if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string())
    return {merge[0].get<std::string>(), merge[1].get<std::string>()};
  if (merge.is_string()) {
    const auto text = merge.get<std::string>();
    const std::size_t space = text.find(' ');
    if (space != text.npos && text.find(' ', space + 1) == text.npos)
      return {text.substr(0, space), text.substr(space + 1)};
  }
  reader.fail(fmt::format("merge {}: expected two parts", rank));
}

} // namespace

ByteBpeModel read_tokenizer_json(const std::string& path) {
  const TokenizerReader reader(path);
  const json file = read_json(path);
  const json& model = reader.at(file, "model");
  reader.need(model.is_object(), "expected a \"model\"");
  const std::string type = reader.text(model, "type");
  reader.need(type.empty() || type == "BPE",
              fmt::format("a model of type {} is not supported; expected BPE", type));
  reader.need(reader.at(file, "normalizer").is_null(),
              fmt::format("the normalizer {} is not supported",
                          reader.at(file, "normalizer").is_object()
                              ? reader.text(reader.at(file, "normalizer"), "type")
                              : ""));
  for (const char* name :
       {"dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback"})
    reader.need_off(model, name);

  ByteBpeModel result;
  result.pattern = read_pattern(reader, reader.at(file, "pre_tokenizer"));
  result.whole_pieces = reader.at(model, "ignore_merges") == json(true);
  const json& added = reader.at(file, "added_tokens");
  reader.need(added.is_null() || added.is_array(), "\"added_tokens\" is no list");
  for (const json& token : added) {
    const std::string name = reader.text(token, "content");
    reader.need(!name.empty(), "an added token has no \"content\"");
    for (const char* option : {"single_word", "lstrip", "rstrip"}) reader.need_off(token, option);
    const int id = reader.id(reader.at(token, "id"), name);
    reader.need(result.special.emplace(name, id).second,
                fmt::format("the added token \"{}\" stands twice", name));
  }
  const json& vocabulary = reader.at(model, "vocab");
  reader.need(vocabulary.is_object(), "expected a \"vocab\" in the model");
  std::unordered_map<std::string, int> ids;
  for (const auto& [token, value] : vocabulary.items()) {
    const int id = reader.id(value, token);
    if (const auto special = result.special.find(token); special != result.special.end()) {
      reader.need(special->second == id, fmt::format("\"{}\" has two ids", token));
      continue;
    }
    const auto bytes = unspell_bytes(token);
    reader.need(bytes && !bytes->empty(),
                fmt::format("the token \"{}\" is not of the byte alphabet", token));
    if (static_cast<std::size_t>(id) >= result.tokens.size())
      result.tokens.resize(static_cast<std::size_t>(id) + 1);
    reader.need(result.tokens[static_cast<std::size_t>(id)].empty(),
                fmt::format("\"{}\": the id {} stands twice", token, id));
    result.tokens[static_cast<std::size_t>(id)] = *bytes;
    ids.emplace(token, id);
  }
  const json& merges = reader.at(model, "merges");
  reader.need(merges.is_array(), "expected \"merges\" in the model");
  for (std::size_t rank = 0; rank < merges.size(); ++rank) {
    const auto [left, right] = parts_of_merge(reader, merges[rank], rank);
    const auto id_of = [&](const std::string& token) {
      const auto found = ids.find(token);
      reader.need(found != ids.end(), fmt::format("merge {}: \"{}\" is no token", rank, token));
      return found->second;
    };
    result.merges.push_back({id_of(left), id_of(right), id_of(left + right)});
  }
  try {
    ByteBpe{result};
  } catch (const std::invalid_argument& error) {
    reader.fail(error.what());
  }
  return result;
}

void write_tokenizer_json(const std::string& path, const ByteBpeModel& model) {
  const json byte_level{{"type", "ByteLevel"},
                        {"add_prefix_space", false},
                        {"trim_offsets", true},
                        {"use_regex", model.pattern == PiecePattern::gpt2}};
  json pre_tokenizer = byte_level;
  if (model.pattern != PiecePattern::gpt2)
    pre_tokenizer = {{"type", "Sequence"},
                     {"pretokenizers",
                      {{{"type", "Split"},
                        {"pattern", {{"Regex", std::string(expression_of(model.pattern))}}},
                        {"behavior", "Isolated"},
                        {"invert", false}},
                       byte_level}}};
  json added = json::array(), vocabulary = json::object(), merges = json::array();
  for (const auto& [name, id] : model.special)
    added.push_back({{"id", id},
                     {"content", name},
                     {"single_word", false},
                     {"lstrip", false},
                     {"rstrip", false},
                     {"normalized", false},
                     {"special", true}});
  for (std::size_t id = 0; id < model.tokens.size(); ++id)
    if (!model.tokens[id].empty()) vocabulary[spell_bytes(model.tokens[id])] = id;
  for (const Merge& merge : model.merges)
    merges.push_back({spell_bytes(model.tokens[static_cast<std::size_t>(merge.left)]),
                      spell_bytes(model.tokens[static_cast<std::size_t>(merge.right)])});
  const json file{{"version", "1.0"},
                  {"truncation", nullptr},
                  {"padding", nullptr},
                  {"added_tokens", added},
                  {"normalizer", nullptr},
                  {"pre_tokenizer", pre_tokenizer},
                  {"post_processor", nullptr},
                  {"decoder",
                   {{"type", "ByteLevel"},
                    {"add_prefix_space", true},
                    {"trim_offsets", true},
                    {"use_regex", true}}},
                  {"model",
                   {{"type", "BPE"},
                    {"dropout", nullptr},
                    {"unk_token", nullptr},
                    {"continuing_subword_prefix", nullptr},
                    {"end_of_word_suffix", nullptr},
                    {"fuse_unk", false},
                    {"byte_fallback", false},
                    {"ignore_merges", model.whole_pieces},
                    {"vocab", vocabulary},
                    {"merges", merges}}}};
  write_file_atomically(path, file.dump(1) + "\n");
}

} // namespace tapestry
