#include "text/subwords/subword_tokenizer.hpp"

#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "text/subwords/character_class.hpp"
#include "text/subwords/json_file.hpp"

namespace tapestry {

SubwordTokenizer::SubwordTokenizer(Segmenter segmenter, std::vector<std::string> subwords)
    : segmenter_(std::move(segmenter)), subwords_{"<unk>"} {
  for (std::string& subword : subwords) {
    if (subword.empty()) throw std::invalid_argument("a subword is empty");
    if (!ids_.emplace(subword, static_cast<int>(subwords_.size())).second)
      throw std::invalid_argument(fmt::format("the subword \"{}\" stands twice", subword));
    subwords_.push_back(std::move(subword));
  }
}

Encoding SubwordTokenizer::encode(std::string_view text) const {
  Encoding encoding;
  const std::string& mark = segmenter_.options().mark;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    if (c.kind == CharacterClass::space) {
      at += c.bytes;
      continue;
    }
    std::size_t end = at;
    while (end < text.size()) {
      const Character next = character_at(text, end);
      if (next.kind == CharacterClass::space) break;
      end += next.bytes;
    }
    const std::vector<std::string> parts = segmenter_.segment(text.substr(at, end - at));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto found = ids_.find(i + 1 < parts.size() ? parts[i] + mark : parts[i]);
      encoding.ids.push_back(found == ids_.end() ? unk_id : found->second);
      encoding.spans.push_back({at, at + parts[i].size()});
      at += parts[i].size();
    }
  }
  return encoding;
}

std::string SubwordTokenizer::decode(std::span<const int> ids) const {
  std::string text;
  for (const int id : ids) {
    if (id < 0 || static_cast<std::size_t>(id) >= subwords_.size())
      throw std::out_of_range(
          fmt::format("no subword has id {}; the ids are 0 to {}", id, subwords_.size() - 1));
    if (!text.empty()) text += ' ';
    text += subwords_[static_cast<std::size_t>(id)];
  }
  return join_subwords(text, segmenter_.options().mark);
}

void SubwordTokenizer::save(const std::string& path) const {
  nlohmann::json merges = nlohmann::json::array();
  for (const SymbolMerge& merge : segmenter_.merges()) merges.push_back({merge.left, merge.right});
  const nlohmann::json file{
      {"type", "subwords"},
      {"mark", segmenter_.options().mark},
      {"vocabulary", segmenter_.options().vocabulary},
      {"merges", merges},
      {"subwords", std::vector<std::string>(subwords_.begin() + 1, subwords_.end())}};
  try {
    write_file_atomically(path, file.dump(1) + "\n");
  } catch (const nlohmann::json::type_error&) {
    throw FormatError(path + ": a subword is not UTF-8, and JSON cannot hold it");
  }
}

SubwordTokenizer SubwordTokenizer::load(const std::string& path) {
  const nlohmann::json file = read_json(path);
  try {
    if (file.at("type") != "subwords")
      throw FormatError(path + ": expected a file of type \"subwords\"");
    std::vector<SymbolMerge> merges;
    for (const auto& merge : file.at("merges"))
      merges.push_back({merge.at(0).get<std::string>(), merge.at(1).get<std::string>()});
    SegmenterOptions options;
    options.mark = file.at("mark").get<std::string>();
    for (const auto& word : file.at("vocabulary"))
      options.vocabulary.insert(word.get<std::string>());
    return {Segmenter(std::move(merges), std::move(options)),
            file.at("subwords").get<std::vector<std::string>>()};
  } catch (const nlohmann::json::exception& error) {
    throw FormatError(path + ": " + error.what());
  } catch (const std::invalid_argument& error) {
    throw FormatError(path + ": " + error.what());
  }
}

} // namespace tapestry
