#include "text/subwords/subword_tokenizer.hpp"

#include <stdexcept>
#include <unordered_map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "autograd/base/error.hpp"
#include "autograd/base/file.hpp"
#include "text/subwords/character_class.hpp"
#include "text/subwords/json_file.hpp"
#include "text/subwords/learn_bpe.hpp"
#include "text/subwords/word_counts.hpp"
#include "text/tokens/lines.hpp"

namespace tapestry {

SubwordTokenizer::SubwordTokenizer(Segmenter segmenter, Vocabulary subwords)
    : segmenter_(std::move(segmenter)), subwords_(std::move(subwords)) {}

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
      encoding.ids.push_back(subwords_.id(i + 1 < parts.size() ? parts[i] + mark : parts[i]));
      encoding.spans.push_back({at, at + parts[i].size()});
      at += parts[i].size();
    }
  }
  return encoding;
}

std::string SubwordTokenizer::decode(std::span<const int> ids) const {
  return join_subwords(fmt::format("{}", fmt::join(subwords_.decode(ids), " ")),
                       segmenter_.options().mark);
}

void SubwordTokenizer::save(const std::string& path) const {
  nlohmann::json merges = nlohmann::json::array();
  for (const SymbolMerge& merge : segmenter_.merges()) merges.push_back({merge.left, merge.right});
  const nlohmann::json file{{"type", "subwords"},
                            {"mark", segmenter_.options().mark},
                            {"vocabulary", segmenter_.options().vocabulary},
                            {"merges", merges},
                            {"subwords", split_lines(subwords_.to_text())}};
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
            Vocabulary::from_text(
                fmt::format("{}\n",
                            fmt::join(file.at("subwords").get<std::vector<std::string>>(), "\n")),
                path)};
  } catch (const nlohmann::json::exception& error) {
    throw FormatError(path + ": " + error.what());
  } catch (const std::invalid_argument& error) {
    throw FormatError(path + ": " + error.what());
  }
}

SubwordTokenizer learn_subwords(std::span<const std::string> texts, std::size_t merges,
                                std::uint64_t min_count) {
  WordCounts words;
  for (const std::string& text : texts) count_words(text, words);
  Segmenter segmenter(learn_bpe(words, merges));
  const std::string& mark = segmenter.options().mark;
  std::unordered_map<std::string, std::uint64_t> counts;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::vector<std::string> parts = segmenter.segment(words.word(i));
    for (std::size_t k = 0; k < parts.size(); ++k)
      counts[k + 1 < parts.size() ? parts[k] + mark : parts[k]] +=
          static_cast<std::uint64_t>(words.count(i));
  }
  return {std::move(segmenter), Vocabulary::from_counts(counts, min_count)};
}

} // namespace tapestry
